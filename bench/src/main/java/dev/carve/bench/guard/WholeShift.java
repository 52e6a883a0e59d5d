package dev.carve.bench.guard;

import dev.carve.carving.guard.Advice;
import dev.carve.carving.guard.Measure;
import java.util.SplittableRandom;

/**
 * A whole shift with equal sides: a minute in which only the old one is asked, then five steps of
 * equal length. The new side is cold in the first minute of the first step. Whether a step has
 * enough to pass is counted, and the next one begins either way, as if a person had approved it.
 */
final class WholeShift {

    private static final double[] STEPS = {0.01, 0.05, 0.25, 0.5, 1};
    private static final double COLD_SECONDS = 60;
    private static final double COLD_MIN = 2;
    private static final double COLD_MAX = 10;
    private static final double[] RATES = {20, 50, 200, 500};

    private static final double ERRORS = 0.01;
    private static final double MIRROR = 0.25;
    private static final double MISMATCHES = 0.0001;

    private WholeShift() {}

    /**
     * Runs one.
     *
     * @param stepSeconds longer than a minute
     */
    static Outcome run(SplittableRandom random, double stepSeconds) {
        Latency[] latencies = Latency.values();
        Traffic.Route route =
                new Traffic.Route(
                        RATES[random.nextInt(RATES.length)],
                        latencies[random.nextInt(latencies.length)],
                        ERRORS,
                        MIRROR,
                        MIRROR,
                        MISMATCHES);
        Watch watch = new Watch(route, random);
        watch.pass(COLD_SECONDS);
        int held = 0;
        for (int i = 0; i < STEPS.length; i++) {
            watch.begin(i == 0, STEPS[i]);
            double start = watch.seconds();
            Measure wrong = null;
            if (i == 0) {
                watch.traffic().slowness(random.nextDouble(COLD_MIN, COLD_MAX));
                wrong = watch.pass(COLD_SECONDS);
                watch.traffic().slowness(1);
            }
            if (wrong == null) {
                wrong = watch.pass(start + stepSeconds - watch.seconds());
            }
            if (wrong != null) {
                return new Outcome(
                        wrong, watch.seconds() - COLD_SECONDS, watch.judgement().requests(), held);
            }
            if (!(watch.judgement().advice() instanceof Advice.Pass)) {
                held++;
            }
        }
        return new Outcome(null, 0, 0, held);
    }
}
