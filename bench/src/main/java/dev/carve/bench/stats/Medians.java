package dev.carve.bench.stats;

import java.util.Arrays;

/** The median, which one disturbed round cannot move far. */
public final class Medians {

    private Medians() {}

    public static double median(double[] values) {
        requireSome(values);
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static void requireSome(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values (expected at least one)");
        }
        for (double value : values) {
            if (Double.isNaN(value)) {
                throw new IllegalArgumentException("values hold NaN: " + Arrays.toString(values));
            }
        }
    }
}
