package dev.carve.load;

import dev.carve.load.ReportStyle.Colour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Prints runs for a terminal of 80 columns. Pure functions; any thread. What programs read is
 * {@link LoadFile#json}.
 */
public final class LoadReport {

    private static final int WIDTH = 80;
    private static final int LABEL = 12;
    private static final int BARS = 12;
    private static final int BAR_COLUMNS = 40;

    private LoadReport() {}

    /** One line for the second gone by. */
    public static String progressLine(LoadProgress progress, ReportStyle style) {
        LoadProgress.LatestSecond second = progress.second();
        String line =
                format(
                        "%4ds of %s  %,d sent  %s/s  p50 %s  p99 %s ms  %,d in flight",
                        Math.round(progress.elapsed().toMillis() / 1000.0),
                        PaceWords.duration(progress.lasting()),
                        progress.sent(),
                        rate(second.answersPerSecond()),
                        millis(second.medianNanos() / 1e6),
                        millis(second.p99Nanos() / 1e6),
                        progress.outstanding());
        String errors = progress.errors() == 0 ? "" : format("  %,d errors", progress.errors());
        return style.paint(Colour.DIM, line) + style.paint(Colour.RED, errors);
    }

    /** The whole result. */
    public static String text(LoadResult result, ReportStyle style) {
        StringBuilder out = new StringBuilder();
        LoadResult.Title title = result.title();
        out.append(style.paint(Colour.BOLD, cut(title.request()))).append('\n');
        for (String line : wrap(List.of(title.pace(), "seed " + title.seed()), ", ", WIDTH)) {
            out.append(style.paint(Colour.DIM, line)).append('\n');
        }
        if (title.interrupted()) {
            out.append(style.paint(Colour.RED, "stopped after " + seconds(title.elapsed())))
                    .append('\n');
        }
        out.append('\n');
        counts(out, result, style);
        latencies(out, result, style);
        return out.toString();
    }

    private static void counts(StringBuilder out, LoadResult result, ReportStyle style) {
        LoadResult.Counts counts = result.counts();
        boolean open = result.times().lateness().getTotalCount() > 0;
        List<String> sent = new ArrayList<>();
        sent.add(format("%,d", counts.sent()));
        if (open) {
            sent.add(rate(result.intendedPerSecond()) + "/s intended");
        }
        item(out, "sent", sent, style);
        List<String> answered = new ArrayList<>();
        answered.add(format("%,d", counts.answered()));
        answered.add(rate(result.answeredPerSecond()) + "/s");
        result.statuses()
                .forEach((status, count) -> answered.add(format("%d: %,d", status, count)));
        item(out, "answered", answered, style);
        if (result.errorCount() > 0) {
            List<String> failed = new ArrayList<>();
            failed.add(format("%,d", result.errorCount()));
            result.errors()
                    .forEach((kind, some) ->
                            failed.add(format("%s: %,d", kind.label(), some.count())));
            item(out, "errors", failed, Colour.RED, style);
            result.errors()
                    .forEach((kind, some) ->
                            out.append(" ".repeat(LABEL + 2))
                                    .append(
                                            style.paint(
                                                    Colour.DIM,
                                                    cut(
                                                            kind.label()
                                                                    + ", first: "
                                                                    + some.example())))
                                    .append('\n'));
        } else {
            item(out, "errors", List.of("none"), style);
        }
        List<String> wire = new ArrayList<>();
        wire.add(bytes(counts.bytesOut()) + " out");
        wire.add(bytes(counts.bytesIn()) + " in");
        wire.add(format("%,d connections", counts.connectionsOpened()));
        if (counts.strayConnections() > 0) {
            wire.add(format("%,d closed for stray bytes", counts.strayConnections()));
        }
        item(out, "wire", wire, style);
        if (open) {
            LatencyFigures late = LatencyFigures.of(result.times().lateness());
            List<String> sender = new ArrayList<>();
            sender.add("p99 " + millis(late.p99()) + " ms");
            sender.add("max " + millis(late.max()) + " ms");
            boolean machineShort = isShort(result);
            if (machineShort) {
                sender.add("this machine was short, part of these times is its own");
            }
            item(out, "sender late", sender, machineShort ? Colour.RED : Colour.DIM, style);
        } else {
            item(
                    out,
                    "note",
                    List.of("a closed loop waits for a slow server: compare rates only"),
                    style);
        }
    }

    /** Whether the sender's own lateness is a quarter of what the slow requests took. */
    private static boolean isShort(LoadResult result) {
        LatencyFigures latency = LatencyFigures.of(result.times().latency());
        double late = LatencyFigures.percentile(result.times().lateness(), 99);
        return latency.count() > 0 && late > 1 && late > latency.p99() / 4;
    }

    private static void latencies(StringBuilder out, LoadResult result, ReportStyle style) {
        Histogram latency = result.times().latency();
        if (latency.getTotalCount() == 0) {
            out.append('\n')
                    .append(style.paint(Colour.RED, "no right answer to measure"))
                    .append('\n');
            return;
        }
        out.append('\n');
        String[] names = {"min", "mean", "median", "p75", "p95", "p99", "p99.9", "max", "std dev"};
        StringBuilder head = new StringBuilder("  ms  ");
        StringBuilder row = new StringBuilder("      ");
        LatencyFigures figures = LatencyFigures.of(latency);
        double[] values = {
            figures.min(),
            figures.mean(),
            figures.median(),
            figures.p75(),
            figures.p95(),
            figures.p99(),
            figures.p999(),
            figures.max(),
            figures.standardDeviation()
        };
        for (int i = 0; i < names.length; i++) {
            head.append(format("%8s", names[i]));
            row.append(format("%8s", millis(values[i])));
        }
        out.append(style.paint(Colour.DIM, head.toString())).append('\n');
        out.append(style.paint(Colour.BOLD, row.toString())).append("\n\n");
        bars(out, latency, style);
        if (result.errorCount() > 0) {
            out.append('\n')
                    .append(
                            style.paint(
                                    Colour.RED,
                                    format(
                                            "  the %,d errors are in none of these times",
                                            result.errorCount())))
                    .append('\n');
        }
    }

    /** Rows whose bounds grow by a constant factor, so that the tail is seen beside the bulk. */
    private static void bars(StringBuilder out, Histogram latency, ReportStyle style) {
        double low = Math.max(1.0, (double) latency.getMinValue());
        double high = Math.max(low, (double) latency.getMaxValue());
        int rows = (int) Math.clamp(Math.ceil(Math.log(high / low) / Math.log(1.1)), 1, BARS);
        double factor = Math.pow(high / low, 1.0 / rows);
        long[] counts = new long[rows];
        for (HistogramIterationValue value : latency.recordedValues()) {
            double at = Math.clamp((double) value.getValueIteratedTo(), low, high);
            int row = factor == 1 ? 0 : (int) (Math.log(at / low) / Math.log(factor));
            counts[Math.min(row, rows - 1)] += value.getCountAtValueIteratedTo();
        }
        long most = 0;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        for (int i = 0; i < rows; i++) {
            String from = millis(low * Math.pow(factor, i) / 1e6);
            String to = millis(low * Math.pow(factor, i + 1) / 1e6);
            String bar = style.bar(counts[i] / (double) most, BAR_COLUMNS);
            String share =
                    format(
                            "%,11d  %5.1f %%",
                            counts[i], 100.0 * counts[i] / latency.getTotalCount());
            out.append(format("%7s - %-7s", from, to))
                    .append(style.paint(Colour.CYAN, bar))
                    .append(" ".repeat(BAR_COLUMNS - bar.length()))
                    .append(share)
                    .append('\n');
        }
    }

    /** Two runs side by side. */
    public static String comparison(LoadResult before, LoadResult after, ReportStyle style) {
        StringBuilder out = new StringBuilder();
        if (!before.title().request().equals(after.title().request())
                || !before.title().pace().equals(after.title().pace())) {
            out.append(style.paint(Colour.RED, "not the same load:")).append('\n');
            out.append("  before  ").append(cut(said(before))).append('\n');
            out.append("  after   ").append(cut(said(after))).append('\n');
        }
        out.append(
                        style.paint(
                                Colour.DIM,
                                format(
                                        "  %-12s%14s%14s%12s   %s",
                                        "", "before", "after", "ratio", "difference")))
                .append('\n');
        for (LoadComparison.Row row : LoadComparison.of(before, after).rows()) {
            boolean isTime = row.figure().endsWith(" ms");
            String one = isTime ? millis(row.before()) : rate(row.before());
            String other = isTime ? millis(row.after()) : rate(row.after());
            String ratio = Double.isNaN(row.ratio()) ? "" : format("%.3f", row.ratio());
            out.append(format("  %-12s%14s%14s%12s   ", row.figure(), one, other, ratio))
                    .append(verdict(row.verdict(), style))
                    .append('\n');
        }
        return out.toString().replaceAll("(?m) +$", "");
    }

    private static String said(LoadResult result) {
        return result.title().request() + ", " + result.title().pace();
    }

    private static String verdict(LoadComparison.Verdict verdict, ReportStyle style) {
        return switch (verdict) {
            case FASTER -> style.paint(Colour.GREEN, "faster");
            case SLOWER -> style.paint(Colour.RED, "slower");
            case NOISE -> style.paint(Colour.DIM, "within noise");
            case TOO_FEW -> style.paint(Colour.DIM, "too few answers");
            case NOT_JUDGED -> "";
        };
    }

    private static void item(
            StringBuilder out, String label, List<String> parts, ReportStyle style) {
        item(out, label, parts, Colour.DIM, style);
    }

    private static void item(
            StringBuilder out, String label, List<String> parts, Colour colour, ReportStyle style) {
        String first = "  " + label + " ".repeat(LABEL - label.length());
        for (String line : wrap(parts, ", ", WIDTH - LABEL - 2)) {
            out.append(style.paint(colour, first)).append(line).append('\n');
            first = " ".repeat(LABEL + 2);
        }
    }

    /** Joins parts into lines no longer than the width, unless one part alone is. */
    private static List<String> wrap(List<String> parts, String between, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String part : parts) {
            if (!line.isEmpty() && line.length() + between.length() + part.length() > width) {
                lines.add(line + ",");
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : between).append(part);
        }
        lines.add(line.toString());
        return lines;
    }

    private static String cut(String text) {
        int most = WIDTH - LABEL - 2;
        return text.length() <= most ? text : text.substring(0, most - 3) + "...";
    }

    private static String rate(double value) {
        return value >= 1000 || value == Math.rint(value)
                ? format("%,.0f", value)
                : format("%.2f", value);
    }

    static String millis(double value) {
        // The bounds lie where the shorter form would round up to the next one's.
        if (value >= 99.95) {
            return format("%.0f", value);
        }
        return format(value >= 9.995 ? "%.1f" : value >= 0.9995 ? "%.2f" : "%.3f", value);
    }

    private static String bytes(long count) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = count;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return format(unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }

    private static String seconds(Duration duration) {
        return format("%.1f s", duration.toNanos() / 1e9);
    }

    @SuppressWarnings("AnnotateFormatMethod") // not worth a dependency on the annotation
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
