package dev.carve.carving.shift;

import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.List;

/**
 * How a shift is to go.
 *
 * @param steps the shares, each larger than the one before, 1 to 100 of them
 * @param every the least time at a step
 * @param requests the least number of requests that the new side answered at a step, at least 1: no
 *     step is left on no data
 * @param start who begins the first step
 * @param advance who begins each later step
 */
public record ShiftPlan(
        List<Share> steps, Duration every, long requests, Approval start, Approval advance) {

    private static final int STEPS_MAX = 100;

    /** Who lets a step begin. */
    public enum Approval {
        /** Carve itself, once time, requests and verdicts allow it. */
        AUTO,
        /** A person, by {@code carve route approve}. */
        NEEDED
    }

    public ShiftPlan {
        steps = List.copyOf(steps);
        if (steps.isEmpty() || steps.size() > STEPS_MAX) {
            throw new IllegalArgumentException(
                    "shift.steps: " + steps.size() + " steps (expected: 1 to " + STEPS_MAX + ")");
        }
        for (int i = 0; i < steps.size(); i++) {
            double before = i == 0 ? 0 : steps.get(i - 1).fraction();
            if (steps.get(i).fraction() <= before) {
                throw new IllegalArgumentException(
                        "shift.steps["
                                + i
                                + "]: "
                                + steps.get(i)
                                + " (expected: more than "
                                + new Share(before)
                                + ")");
            }
        }
        if (every.isNegative()) {
            throw new IllegalArgumentException(
                    "shift.every: " + every + " (expected: 0s or longer)");
        }
        if (requests < 1) {
            throw new IllegalArgumentException(
                    "shift.requests: " + requests + " (expected: 1 or more)");
        }
    }

    /** The first step with a larger share than this, the number of steps if there is none. */
    int after(Share share) {
        int next = 0;
        while (next < steps.size() && steps.get(next).compareTo(share) <= 0) {
            next++;
        }
        return next;
    }
}
