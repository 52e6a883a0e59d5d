package dev.carve.carving.guard;

import dev.carve.carving.guard.Tally.Totals;

/** Judges one measure. Control only. */
sealed interface Judge permits ErrorJudge, LatencyJudge, MismatchJudge {

    /** A step begins: evidence from before it counts no more. */
    void begin();

    /** A block ended. */
    void add(Round round);

    /** Whether the new side must not go on. */
    boolean alarmed();

    /**
     * The verdict.
     *
     * @param step what was counted since the step began
     * @param cold whether the new side is still given time to warm up
     */
    Finding finding(Totals step, boolean cold);
}
