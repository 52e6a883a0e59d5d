package dev.carve.carving.shift;

import java.time.Instant;
import java.util.List;

/**
 * What can happen to a carve. Each has its time, who or what is behind it, and the guard's figures
 * of the moment, all for the ledger.
 */
public sealed interface ShiftEvent {

    /** What every event has. */
    Cause cause();

    /**
     * Who or what, when, and with which figures.
     *
     * @param by a person's name, {@code guard}, {@code file}, {@code plan}
     * @param figures the guard's lines of this moment, empty where nothing was judged
     */
    record Cause(Instant at, String by, List<String> figures) {

        public Cause {
            figures = List.copyOf(figures);
        }
    }

    /** Begin mirroring: a block was loaded, or a person starts again after a roll-back. */
    record Start(Cause cause) implements ShiftEvent {}

    /** A person lets the next step begin, even if there is not enough to judge the last. */
    record Approve(Cause cause) implements ShiftEvent {}

    /**
     * Time passed; the plan may go on by itself.
     *
     * @param standing what was seen since the step began
     */
    record Look(Cause cause, Standing standing) implements ShiftEvent {}

    /** Stay at this share. */
    record Pause(Cause cause, String reason) implements ShiftEvent {}

    /** Go on after a pause; the step's least time begins anew. */
    record Resume(Cause cause) implements ShiftEvent {}

    /** Everything back to the old side. */
    record RollBack(Cause cause, String reason) implements ShiftEvent {}

    /** The carve is over: the new side stays. */
    record Finish(Cause cause) implements ShiftEvent {}

    /** The block left the file. */
    record Remove(Cause cause) implements ShiftEvent {}

    /**
     * What was seen at a step.
     *
     * @param requests answered by the new side since the step began
     * @param waitsFor why the guard holds the step, empty if it lets it pass
     */
    record Standing(long requests, List<String> waitsFor) {

        public Standing {
            waitsFor = List.copyOf(waitsFor);
        }
    }
}
