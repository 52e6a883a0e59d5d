package dev.carve.bench.guard;

import dev.carve.carving.guard.Measure;
import java.util.SplittableRandom;

/**
 * A fault that begins at any moment of a step, one to two minutes after it began, while the new
 * side answers 50 requests a second.
 *
 * @param share of all requests that the new side answers
 * @param mirror share of these that are repeated at the old side
 */
record Break(Fault fault, Latency latency, double share, double mirror) {

    private static final double NEW_RATE = 50;
    private static final double ERRORS = 0.01;
    private static final double MISMATCHES = 0.0001;
    private static final double CALM_MIN = 60;
    private static final double CALM_MAX = 120;

    /**
     * How it went; the measure is null if the fault was not found in the time that its figure
     * allows, and not that of the fault if the guard tripped before it.
     */
    Outcome run(SplittableRandom random) {
        double rate = NEW_RATE / share;
        Watch watch =
                new Watch(
                        new Traffic.Route(
                                rate, latency, ERRORS, mirror, NEW_RATE / rate, MISMATCHES),
                        random);
        // The old side's figures are known from before the step.
        watch.begin(false, share / 2);
        watch.pass(CALM_MIN);
        watch.begin(false, share);
        Measure early = watch.pass(random.nextDouble(CALM_MIN, CALM_MAX));
        if (early != null) {
            return new Outcome(null, -1, 0, 0);
        }
        double begin = watch.seconds();
        long before = watch.judgement().requests();
        watch.traffic().fail(fault);
        Measure found = watch.pass(fault.seconds());
        return new Outcome(
                found, watch.seconds() - begin, watch.judgement().requests() - before, 0);
    }

    String text() {
        return "%s, %s, new side at %.0f %%%s"
                .formatted(
                        fault.text(),
                        latency.text(),
                        100 * share,
                        mirror > 0 ? ", %.0f %% mirrored back".formatted(100 * mirror) : "");
    }
}
