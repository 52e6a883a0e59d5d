package dev.carve.carving.keep;

/**
 * What was counted at one path: how often it differed between two answers of the old side, which is
 * noise, and how often between old and new. Immutable.
 *
 * @param path as the comparison names it
 * @param twinsCompared pairs of answers of the old side
 * @param twinsDiffering of these, those that differed here
 * @param sidesCompared pairs of one answer of each side
 * @param sidesDiffering of these, those that differed here
 * @param accepted whether an operator has taken it for noise
 */
public record PathNoise(
        String path,
        long twinsCompared,
        long twinsDiffering,
        long sidesCompared,
        long sidesDiffering,
        boolean accepted) {

    public PathNoise {
        if (twinsDiffering < 0
                || twinsDiffering > twinsCompared
                || sidesDiffering < 0
                || sidesDiffering > sidesCompared) {
            throw new IllegalArgumentException(
                    "noise at %s: %d of %d, %d of %d (expected: not more than were compared)"
                            .formatted(
                                    path,
                                    twinsDiffering,
                                    twinsCompared,
                                    sidesDiffering,
                                    sidesCompared));
        }
    }
}
