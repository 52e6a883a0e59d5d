package dev.carve.load;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Two runs of the same load side by side, and which differences are more than noise.
 *
 * <p>Each percentile has a 95 % interval from its order statistics: the values at the ranks q ±
 * 1.96 √(q(1−q)/n). Answers that queue together are not independent, so n is first divided by how
 * much more the means of one-second windows vary than independent answers would (batch means). Two
 * intervals that do not touch are a difference; a percentile with fewer than five such answers
 * beyond it is not judged. One run each cannot show what differs from start to start: for a figure
 * to publish, repeat and interleave.
 *
 * @param rows one per figure, latencies in milliseconds
 */
public record LoadComparison(List<Row> rows) {

    private static final double Z = 1.96;
    private static final int BEYOND_MIN = 5;
    private static final int WINDOWS_MIN = 5;

    public LoadComparison {
        rows = List.copyOf(rows);
    }

    /** What can be said of a difference. */
    public enum Verdict {
        FASTER,
        SLOWER,
        NOISE,
        TOO_FEW,
        /** A figure without an interval of its own. */
        NOT_JUDGED
    }

    /** One figure before and after. */
    public record Row(String figure, double before, double after, Verdict verdict) {

        /** After over before; NaN where before is 0. */
        public double ratio() {
            return before == 0 ? Double.NaN : after / before;
        }
    }

    private record Interval(double low, double high) {}

    private record Percentile(String name, double percent) {}

    private static final List<Percentile> PERCENTILES =
            List.of(
                    new Percentile("median ms", 50),
                    new Percentile("p75 ms", 75),
                    new Percentile("p95 ms", 95),
                    new Percentile("p99 ms", 99),
                    new Percentile("p99.9 ms", 99.9));

    /** Compares two runs. */
    public static LoadComparison of(LoadResult before, LoadResult after) {
        Histogram one = before.times().latency();
        Histogram other = after.times().latency();
        LatencyFigures oneFigures = LatencyFigures.of(one);
        LatencyFigures otherFigures = LatencyFigures.of(other);
        double oneCount = effectiveCount(before);
        double otherCount = effectiveCount(after);
        List<Row> rows = new ArrayList<>();
        rows.add(unjudged("answers/s", before.answeredPerSecond(), after.answeredPerSecond()));
        rows.add(unjudged("errors", (double) before.errorCount(), (double) after.errorCount()));
        rows.add(unjudged("min ms", oneFigures.min(), otherFigures.min()));
        rows.add(
                new Row(
                        "mean ms",
                        oneFigures.mean(),
                        otherFigures.mean(),
                        Math.min(oneCount, otherCount) < BEYOND_MIN
                                ? Verdict.TOO_FEW
                                : verdict(mean(one, oneCount), mean(other, otherCount))));
        for (Percentile percentile : PERCENTILES) {
            double beyond = Math.min(oneCount, otherCount) * (1 - percentile.percent() / 100);
            rows.add(
                    new Row(
                            percentile.name(),
                            LatencyFigures.percentile(one, percentile.percent()),
                            LatencyFigures.percentile(other, percentile.percent()),
                            beyond < BEYOND_MIN
                                    ? Verdict.TOO_FEW
                                    : verdict(
                                            rank(one, oneCount, percentile.percent()),
                                            rank(other, otherCount, percentile.percent()))));
        }
        rows.add(unjudged("max ms", oneFigures.max(), otherFigures.max()));
        return new LoadComparison(rows);
    }

    private static Row unjudged(String figure, double before, double after) {
        return new Row(figure, before, after, Verdict.NOT_JUDGED);
    }

    private static Verdict verdict(Interval before, Interval after) {
        if (after.high() < before.low()) {
            return Verdict.FASTER;
        }
        return after.low() > before.high() ? Verdict.SLOWER : Verdict.NOISE;
    }

    private static Interval mean(Histogram nanos, double count) {
        double error = Z * nanos.getStdDeviation() / Math.sqrt(count);
        return new Interval(nanos.getMean() - error, nanos.getMean() + error);
    }

    private static Interval rank(Histogram nanos, double count, double percent) {
        double q = percent / 100;
        double error = 100 * Z * Math.sqrt(q * (1 - q) / count);
        return new Interval(
                nanos.getValueAtPercentile(Math.max(0, percent - error)),
                nanos.getValueAtPercentile(Math.min(100, percent + error)));
    }

    /** How many independent answers would tell as much as these do. */
    static double effectiveCount(LoadResult result) {
        Histogram nanos = result.times().latency();
        long count = nanos.getTotalCount();
        List<LoadResult.Window> windows =
                result.windows().stream().filter(window -> window.count() > 0).toList();
        double variance = nanos.getStdDeviation() * nanos.getStdDeviation();
        if (windows.size() < WINDOWS_MIN || variance == 0) {
            return count;
        }
        double between = 0;
        for (LoadResult.Window window : windows) {
            double off = window.meanNanos() - nanos.getMean();
            between += window.count() * off * off;
        }
        between /= windows.size() - 1;
        return count / Math.max(1, between / variance);
    }
}
