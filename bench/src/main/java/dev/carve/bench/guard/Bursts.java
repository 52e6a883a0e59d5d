package dev.carve.bench.guard;

import java.util.SplittableRandom;

/**
 * Times in which both sides fail and are slow together: about every five minutes for a few seconds,
 * up to half of all requests failing and answers up to eight times as slow.
 */
final class Bursts {

    private static final double GAP_SECONDS = 300;
    private static final double LENGTH_SECONDS = 5;
    private static final double ERRORS_MIN = 0.05;
    private static final double ERRORS_MAX = 0.5;
    private static final double SLOWNESS_MIN = 2;
    private static final double SLOWNESS_MAX = 8;

    private final SplittableRandom random;
    private double changeSeconds;
    private boolean now;
    private double errors;
    private double slowness = 1;

    Bursts(SplittableRandom random) {
        this.random = random;
        changeSeconds = exponential(GAP_SECONDS);
    }

    /** Moves on to a moment. */
    void at(double seconds) {
        while (seconds >= changeSeconds) {
            now = !now;
            changeSeconds += exponential(now ? LENGTH_SECONDS : GAP_SECONDS);
            // Two in three fail, two in three are slow, one in three both.
            int kind = random.nextInt(3);
            errors = now && kind != 0 ? random.nextDouble(ERRORS_MIN, ERRORS_MAX) : 0;
            slowness = now && kind != 1 ? random.nextDouble(SLOWNESS_MIN, SLOWNESS_MAX) : 1;
        }
    }

    /** The share of requests that fail for it. */
    double errors() {
        return errors;
    }

    /** How many times as long answers take. */
    double slowness() {
        return slowness;
    }

    private double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }
}
