package dev.carve.gateway.balance;

/** Whether counts could have come from these weights (Pearson's test). */
final class ChiSquare {

    /** The normal quantile that one true sample in a million exceeds; seeds make it repeatable. */
    private static final double ONE_IN_A_MILLION = 4.753;

    private ChiSquare() {}

    /** How far the counts are from what the weights say. */
    static double of(long[] counts, int[] weights) {
        double total = 0;
        double weight = 0;
        for (int i = 0; i < counts.length; i++) {
            total += counts[i];
            weight += weights[i];
        }
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            double expected = total * weights[i] / weight;
            sum += (counts[i] - expected) * (counts[i] - expected) / expected;
        }
        return sum;
    }

    /** What it exceeds with a chance of one in a million (Wilson and Hilferty, 1931). */
    static double limit(int counts) {
        double degrees = counts - 1;
        double part = 2 / (9 * degrees);
        return degrees * Math.pow(1 - part + ONE_IN_A_MILLION * Math.sqrt(part), 3);
    }
}
