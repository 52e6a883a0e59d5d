package dev.carve.bench.stats;

import java.util.Arrays;

/**
 * An interval for the median, and how sure it is.
 *
 * <p>It rests on order statistics (the sign test turned round), which assume nothing about the
 * shape of the values: the median lies between the k-th smallest and the k-th largest of n values
 * with probability 1 - 2 P(Bin(n, 1/2) &lt; k). Below six values not even the whole range reaches
 * 95 %; then the range is given with the coverage it has.
 */
public record Interval(double low, double high, double coverage) {

    private static final double WANTED = 0.95;

    /** The narrowest symmetric interval that covers the median with at least 95 %. */
    public static Interval ofMedian(double[] values) {
        Medians.requireSome(values);
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        int k = 1;
        while (k + 1 <= n / 2 && coverage(n, k + 1) >= WANTED) {
            k++;
        }
        return new Interval(sorted[k - 1], sorted[n - k], coverage(n, k));
    }

    /** How far the interval reaches from one, as a factor: 0.97 to 1.02 reaches 1.0309. */
    double reachFromOne() {
        return Math.max(Math.max(high, 1 / low), 1);
    }

    private static double coverage(int n, int k) {
        double below = 0;
        double term = Math.pow(0.5, n);
        for (int i = 0; i < k; i++) {
            below += term;
            term = term * (n - i) / (i + 1);
        }
        return Math.max(0, 1 - 2 * below);
    }
}
