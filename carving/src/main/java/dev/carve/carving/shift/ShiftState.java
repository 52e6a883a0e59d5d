package dev.carve.carving.shift;

import dev.carve.runtime.Share;
import java.time.Instant;

/**
 * Where a carve stands, as the store keeps it.
 *
 * @param step the index of the step in the plan, -1 where there is none
 * @param share what the new side answers; kept beside the step, so that an edited plan moves nobody
 *     until the next step
 * @param since when stage or step changed last; a pause is a change
 * @param run counts the starts of this carve, so that what was measured in an earlier one is known
 *     to be of another
 */
public record ShiftState(Stage stage, int step, Share share, Instant since, long run) {

    /** No step is taken. */
    public static final int NO_STEP = -1;

    private static final Share NOTHING = new Share(0);
    private static final Share ALL = new Share(1);

    public ShiftState {
        boolean stepped = stage == Stage.SHIFT || stage == Stage.PAUSED;
        if (stepped != (step != NO_STEP) || step < NO_STEP) {
            throw new IllegalArgumentException(
                    "state "
                            + stage.text()
                            + " with step "
                            + step
                            + " (expected: a step from 0"
                            + " in shift and paused, -1 else)");
        }
        Share expected = stage == Stage.DONE ? ALL : NOTHING;
        if (!stepped && !share.equals(expected)) {
            throw new IllegalArgumentException(
                    "state "
                            + stage.text()
                            + " with share "
                            + share
                            + " (expected: "
                            + expected
                            + ")");
        }
    }

    /** Before anything has begun. */
    public static ShiftState off(Instant now) {
        return new ShiftState(Stage.OFF, NO_STEP, NOTHING, now, 0);
    }

    /** As the file says {@code at: done}. */
    public static ShiftState done(Instant now) {
        return new ShiftState(Stage.DONE, NO_STEP, ALL, now, 1);
    }

    /** As the file says {@code at: 50%}. */
    public static ShiftState at(ShiftPlan plan, Share share, Instant now) {
        return new ShiftState(Stage.SHIFT, Math.max(0, plan.after(share) - 1), share, now, 1);
    }

    ShiftState to(Stage next, Instant now) {
        return new ShiftState(next, NO_STEP, next == Stage.DONE ? ALL : NOTHING, now, run);
    }

    ShiftState mirror(Instant now) {
        return new ShiftState(Stage.MIRROR, NO_STEP, NOTHING, now, run + 1);
    }

    ShiftState at(Stage next, int nextStep, Share nextShare, Instant now) {
        return new ShiftState(next, nextStep, nextShare, now, run);
    }
}
