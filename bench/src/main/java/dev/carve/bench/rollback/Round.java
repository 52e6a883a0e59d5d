package dev.carve.bench.rollback;

/**
 * How one break went.
 *
 * @param ending what became of it
 * @param seconds from the break to the roll-back
 * @param requests at the new side in between, comparisons for mismatches
 * @param failed requests of clients that were not answered by 200 in between
 */
record Round(Ending ending, double seconds, long requests, long failed) {

    /** What became of a break. */
    enum Ending {
        ROLLED_BACK,
        /** Rolled back before anything was wrong. */
        BEFORE,
        /** Not rolled back in several times the time allowed. */
        MISSED
    }
}
