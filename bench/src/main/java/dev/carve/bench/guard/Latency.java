package dev.carve.bench.guard;

import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * How long answers take: a median of 20 ms and a heavy tail, as a table of 65,536 equally likely
 * values, so that a draw costs one look-up. The tail ends at the last of them.
 */
enum Latency {
    /** p95 is 3.7 times and p99 6.4 times the median. */
    LOGNORMAL(share -> Math.exp(0.8 * normal(share))),
    /** p95 is 5.2 times and p99 10 times the median. */
    LOGNORMAL_WIDE(share -> Math.exp(normal(share))),
    /** Exponent 2, of infinite variance: p95 is 3.2 times and p99 7.1 times the median. */
    PARETO(share -> Math.pow(2 * (1 - share), -0.5)),
    /** Exponent 1.5: p95 is 4.6 times and p99 14 times the median. */
    PARETO_WIDE(share -> Math.pow(2 * (1 - share), -1 / 1.5));

    private static final int SIZE = 1 << 16;
    private static final double MEDIAN_NANOS = 20e6;
    private static final double HALF_LOG_TWO_PI = 0.9189385332046728;

    @SuppressWarnings("ImmutableEnumChecker") // Written by the constructor only.
    private final float[] nanos = new float[SIZE];

    Latency(DoubleUnaryOperator quantile) {
        for (int i = 0; i < SIZE; i++) {
            nanos[i] = (float) (MEDIAN_NANOS * quantile.applyAsDouble((i + 0.5) / SIZE));
        }
    }

    /** One of the values, by the lowest 16 bits. */
    float nanos(long bits) {
        return nanos[(int) (bits & (SIZE - 1))];
    }

    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The normal distribution's quantile, by bisection of its integral: exact to 1e-7. */
    private static double normal(double share) {
        double low = -9;
        double high = 9;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (below(middle) < share) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** The standard normal distribution function (Marsaglia 2004, "Evaluating the normal"). */
    private static double below(double x) {
        if (x < -8) {
            return 0;
        }
        if (x > 8) {
            return 1;
        }
        double sum = 0;
        double term = x;
        for (int i = 3; sum + term != sum; i += 2) {
            sum += term;
            term = term * x * x / i;
        }
        return 0.5 + sum * Math.exp(-x * x / 2 - HALF_LOG_TWO_PI);
    }
}
