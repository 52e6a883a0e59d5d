package dev.carve.bench.stats;

/**
 * Ratios of two contenders, taken round by round: what slows a whole round slows both and cancels.
 *
 * @param median of the ratios
 * @param interval of that median
 * @param rounds how many pairs there were
 */
public record Paired(double median, Interval interval, int rounds) {

    /** The ratios {@code numerator[i] / denominator[i]}; both must be positive. */
    public static Paired of(double[] numerator, double[] denominator) {
        if (numerator.length != denominator.length) {
            throw new IllegalArgumentException(
                    numerator.length
                            + " values against "
                            + denominator.length
                            + " (expected one pair per round)");
        }
        double[] ratios = new double[numerator.length];
        for (int i = 0; i < ratios.length; i++) {
            if (!(numerator[i] > 0) || !(denominator[i] > 0)) {
                throw new IllegalArgumentException(
                        "round %d: %s against %s (expected positive values)"
                                .formatted(i, numerator[i], denominator[i]));
            }
            ratios[i] = numerator[i] / denominator[i];
        }
        return new Paired(Medians.median(ratios), Interval.ofMedian(ratios), ratios.length);
    }
}
