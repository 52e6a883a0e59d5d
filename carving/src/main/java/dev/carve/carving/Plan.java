package dev.carve.carving;

import dev.carve.carving.shift.Split;
import dev.carve.runtime.Share;
import org.jspecify.annotations.Nullable;

/**
 * What loops do with the requests of a carved route until control publishes another. Immutable.
 *
 * @param shifted the keys that the new side answers
 * @param mirrored the keys whose requests are copied to the side that does not answer them
 * @param noisy which of the copied requests, counted through, go to the old side twice: a sample of
 *     requests, since one of clients might hold none or nobody else
 * @param over the carve is finished: the old side is no way back any more
 * @param idle nothing is copied and the old side answers all: the route costs what it would cost
 *     without a carve
 * @param check sends requests to the old side twice for a while, and none is mirrored meanwhile;
 *     null if there is none
 */
record Plan(
        Split shifted,
        Split mirrored,
        Split noisy,
        boolean over,
        boolean idle,
        @Nullable SelfCheck check) {

    /** Keeps the sample for noise apart from that for mirroring. */
    private static final String NOISE = " noise";

    private static final Share NOTHING = new Share(0);

    static Plan off(String route) {
        return of(route, NOTHING, NOTHING, NOTHING);
    }

    static Plan of(String route, Share shifted, Share mirrored, Share noisy) {
        return new Plan(
                Split.shift(route, shifted),
                Split.mirror(route, mirrored),
                Split.mirror(route + NOISE, noisy),
                false,
                shifted.equals(NOTHING) && mirrored.equals(NOTHING),
                null);
    }

    /** All to the new side, for good. */
    static Plan over(String route) {
        Split nobody = Split.mirror(route, NOTHING);
        return new Plan(Split.shift(route, new Share(1)), nobody, nobody, true, false, null);
    }

    /** For the time of a check: whoever is shifted stays so, and nothing is mirrored. */
    static Plan checking(String route, Share shifted, SelfCheck by) {
        Plan still = of(route, shifted, NOTHING, NOTHING);
        return new Plan(still.shifted, still.mirrored, still.noisy, still.over, still.idle, by);
    }
}
