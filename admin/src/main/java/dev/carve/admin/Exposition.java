package dev.carve.admin;

import dev.carve.runtime.metrics.Distribution;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Collects series and writes them in the Prometheus text format, version 0.0.4: all lines of a
 * metric in one group, whatever the order in which sources told them.
 *
 * <p>Confined to the thread that collects.
 */
final class Exposition implements MetricSink {

    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<String, Family> families = new LinkedHashMap<>();

    private record Family(Metric metric, StringBuilder lines) {}

    @Override
    public void value(Metric metric, double value, String... labelValues) {
        if (metric.type() == Metric.Type.HISTOGRAM) {
            throw new IllegalArgumentException(metric.name() + " is a histogram");
        }
        sample(family(metric, labelValues), "", labelValues, "", value);
    }

    @Override
    public void histogram(Metric metric, Distribution distribution, String... labelValues) {
        if (metric.type() != Metric.Type.HISTOGRAM) {
            throw new IllegalArgumentException(metric.name() + " is no histogram");
        }
        Family to = family(metric, labelValues);
        long below = 0;
        double[] bounds = distribution.upperBounds();
        for (int i = 0; i < bounds.length; i++) {
            below += distribution.counts()[i];
            sample(to, "_bucket", labelValues, number(bounds[i]), (double) below);
        }
        long all = below + distribution.counts()[bounds.length];
        sample(to, "_bucket", labelValues, "+Inf", (double) all);
        sample(to, "_sum", labelValues, "", distribution.sum());
        sample(to, "_count", labelValues, "", (double) all);
    }

    private Family family(Metric metric, String[] labelValues) {
        Family known =
                families.computeIfAbsent(
                        metric.name(), _ -> new Family(metric, new StringBuilder()));
        if (!known.metric().equals(metric) || labelValues.length != metric.labels().size()) {
            throw new IllegalArgumentException(
                    "metric %s with labels %s (expected: one declaration, %s)"
                            .formatted(
                                    metric.name(), List.of(labelValues), known.metric().labels()));
        }
        return known;
    }

    private static void sample(
            Family to, String suffix, String[] labelValues, String bound, double value) {
        StringBuilder out = to.lines().append(to.metric().name()).append(suffix);
        String separator = "{";
        for (int i = 0; i < labelValues.length; i++) {
            out.append(separator).append(to.metric().labels().get(i)).append("=\"");
            escape(labelValues[i], true, out);
            out.append('"');
            separator = ",";
        }
        if (!bound.isEmpty()) {
            out.append(separator).append("le=\"").append(bound).append('"');
            separator = ",";
        }
        out.append(separator.equals(",") ? "} " : " ").append(number(value)).append('\n');
    }

    private static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return Double.toString(value);
    }

    private static void escape(String text, boolean quotes, StringBuilder out) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '"' -> out.append(quotes ? "\\\"" : "\"");
                default -> out.append(c);
            }
        }
    }

    /** Everything collected. */
    String text() {
        StringBuilder out = new StringBuilder();
        for (Family each : families.values()) {
            String name = each.metric().name();
            out.append("# HELP ").append(name).append(' ');
            escape(each.metric().help(), false, out);
            out.append("\n# TYPE ").append(name).append(' ');
            out.append(each.metric().type().name().toLowerCase(Locale.ROOT)).append('\n');
            out.append(each.lines());
        }
        return out.toString();
    }
}
