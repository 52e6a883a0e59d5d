package dev.carve.bench.guard;

import dev.carve.carving.guard.Advice;
import dev.carve.carving.guard.Finding;
import dev.carve.carving.guard.Guard;
import dev.carve.carving.guard.Judgement;
import dev.carve.carving.guard.Limits;
import dev.carve.carving.guard.Measure;
import dev.carve.carving.guard.Tally;
import dev.carve.carving.guard.Verdict;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Traffic under a guard, in virtual time. Turned every half second, the guard's shortest block. */
final class Watch {

    private static final int STEPS_PER_TURN = 5;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Tally tally = new Tally(1);
    private final Traffic traffic;
    private final Guard guard;
    private long steps;

    Watch(Traffic.Route route, SplittableRandom random) {
        traffic = new Traffic(route, random, tally);
        guard = new Guard(Limits.DEFAULT, tally, 0);
    }

    Traffic traffic() {
        return traffic;
    }

    Judgement judgement() {
        return guard.judgement();
    }

    double seconds() {
        return steps * Traffic.STEP_SECONDS;
    }

    void begin(boolean shift, double share) {
        traffic.share(share);
        guard.begin(shift, nanos());
    }

    /** Lets time pass; answers what the guard rolls back for, null if it does not. */
    @Nullable Measure pass(double seconds) {
        long until = Math.round((seconds() + seconds) / Traffic.STEP_SECONDS);
        while (steps < until) {
            steps++;
            traffic.step(seconds());
            if (steps % STEPS_PER_TURN == 0 && guard.turn(nanos()).isPresent()) {
                return reason(guard.judgement());
            }
        }
        return null;
    }

    private long nanos() {
        return Math.round(seconds() * NANOS_PER_SECOND);
    }

    private static Measure reason(Judgement judgement) {
        if (judgement.advice() instanceof Advice.RollBack) {
            for (Finding each : judgement.findings()) {
                if (each.binding() && each.verdict() == Verdict.WORSE) {
                    return each.measure();
                }
            }
        }
        throw new IllegalStateException("rolled back, but advised: " + judgement.advice());
    }
}
