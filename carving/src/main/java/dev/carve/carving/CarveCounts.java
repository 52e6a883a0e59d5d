package dev.carve.carving;

import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Refusals;
import dev.carve.carving.guard.Side;
import dev.carve.carving.guard.Tally;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of one carved route beside what the guard judges, by event loop; a loop's part is
 * made when it first counts something.
 *
 * <p>Threads: {@link #on} and what it answers by the loop of that number, reading by any.
 */
final class CarveCounts {

    private final AtomicReferenceArray<@Nullable PerLoop> loops;
    private final Tally tally;

    private final Refusals refusals = new Refusals();
    private final Runnable gone;

    /**
     * @param gone told on the loop that saw it when the new side takes no connections any more,
     *     possibly several times
     */
    CarveCounts(int loops, Runnable gone) {
        this.loops = new AtomicReferenceArray<>(loops);
        this.tally = new Tally(loops);
        this.gone = gone;
    }

    /** One loop's counts. */
    static final class PerLoop {
        private final long[] skips = new long[Skip.values().length];
        private final CopyWindow toOld = new CopyWindow();
        private final CopyWindow toNew = new CopyWindow();
        private long mirrored;
        private long samples;
        private long fallbacks;

        /** The copies to that side. */
        CopyWindow window(Side of) {
            return of == Side.OLD ? toOld : toNew;
        }

        /** A number that no other copied request of this loop had. */
        long sample() {
            return samples++;
        }

        void mirrored() {
            mirrored++;
        }

        void skipped(Skip why) {
            skips[why.ordinal()]++;
        }

        void fellBack() {
            fallbacks++;
        }
    }

    PerLoop on(int loop) {
        PerLoop part = loops.getPlain(loop);
        if (part == null) {
            part = new PerLoop();
            loops.set(loop, part);
        }
        return part;
    }

    Tally tally() {
        return tally;
    }

    Refusals refusals() {
        return refusals;
    }

    /**
     * A side's part in a request of a client ended; its loop.
     *
     * @param refused whether no connection to it could be had
     */
    void ended(int loop, Side side, Ending ending, long nanos, boolean refused) {
        tally.on(loop).record(side, ending, nanos);
        if (refused) {
            if (refusals.refused(side)) {
                gone.run();
            }
        } else if (ending.showsConnection()) {
            refusals.accepted(side);
        }
    }

    long mirrored() {
        long sum = 0;
        for (int i = 0; i < loops.length(); i++) {
            PerLoop part = loops.get(i);
            sum += part == null ? 0 : part.mirrored;
        }
        return sum;
    }

    long fallbacks() {
        long sum = 0;
        for (int i = 0; i < loops.length(); i++) {
            PerLoop part = loops.get(i);
            sum += part == null ? 0 : part.fallbacks;
        }
        return sum;
    }

    long skipped(Skip why) {
        long sum = 0;
        for (int i = 0; i < loops.length(); i++) {
            PerLoop part = loops.get(i);
            sum += part == null ? 0 : part.skips[why.ordinal()];
        }
        return sum;
    }
}
