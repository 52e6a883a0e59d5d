package dev.carve.carving.guard;

import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the new side may do; a measure without a limit neither holds nor rolls back.
 *
 * @param mismatches the share of compared answers that may differ, more than 0 %; empty where
 *     nothing is compared
 * @param errors how many points more often than the old side it may fail, more than 0 %
 * @param p50 how many times the old side's median latency, 1 or more
 * @param p95 the same of the latency that 5 % exceed
 * @param p99 the same of the latency that 1 % exceed
 * @param warmUp how long after the beginning of a shift latency is not judged
 */
public record Limits(
        Optional<Share> mismatches,
        Optional<Share> errors,
        OptionalDouble p50,
        OptionalDouble p95,
        OptionalDouble p99,
        Duration warmUp) {

    private static final double RATIO_MAX = 100;
    private static final Share HALF = new Share(0.5);

    /** As by default. */
    public static final Limits DEFAULT =
            new Limits(
                    Optional.of(new Share(0.001)),
                    Optional.of(new Share(0.005)),
                    OptionalDouble.empty(),
                    OptionalDouble.of(1.2),
                    OptionalDouble.empty(),
                    Duration.ofSeconds(90));

    public Limits {
        mismatches.ifPresent(it -> check("guard.mismatches", it));
        errors.ifPresent(it -> check("guard.errors", it));
        p50.ifPresent(it -> check("guard.p50", it));
        p95.ifPresent(it -> check("guard.p95", it));
        p99.ifPresent(it -> check("guard.p99", it));
        if (warmUp.isNegative()) {
            throw new IllegalArgumentException(
                    "guard.warm_up: " + warmUp + " (expected: 0s or longer)");
        }
    }

    private static void check(String place, Share share) {
        // Above one half there is no room left for a break to show in.
        if (share.fraction() <= 0 || share.compareTo(HALF) > 0) {
            throw new IllegalArgumentException(
                    place + ": " + share + " (expected: more than 0%, at most " + HALF + ")");
        }
    }

    private static void check(String place, double ratio) {
        if (!(ratio >= 1 && ratio <= RATIO_MAX)) {
            throw new IllegalArgumentException(
                    place + ": " + ratio + "x (expected: 1x to " + (int) RATIO_MAX + "x)");
        }
    }
}
