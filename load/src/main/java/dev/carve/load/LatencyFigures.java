package dev.carve.load;

import org.HdrHistogram.Histogram;

/** The figures printed of a distribution, in milliseconds; all 0 where it is empty. */
public record LatencyFigures(
        long count,
        double min,
        double mean,
        double median,
        double p75,
        double p95,
        double p99,
        double p999,
        double max,
        double standardDeviation) {

    /** The figures of a histogram of nanoseconds. */
    public static LatencyFigures of(Histogram nanos) {
        if (nanos.getTotalCount() == 0) {
            return new LatencyFigures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        return new LatencyFigures(
                nanos.getTotalCount(),
                nanos.getMinValue() / 1e6,
                nanos.getMean() / 1e6,
                percentile(nanos, 50),
                percentile(nanos, 75),
                percentile(nanos, 95),
                percentile(nanos, 99),
                percentile(nanos, 99.9),
                nanos.getMaxValue() / 1e6,
                nanos.getStdDeviation() / 1e6);
    }

    /** Milliseconds; never above the maximum, which a bucket's upper end may be. */
    static double percentile(Histogram nanos, double percent) {
        return Math.min(nanos.getValueAtPercentile(percent), nanos.getMaxValue()) / 1e6;
    }
}
