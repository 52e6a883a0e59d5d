package dev.carve.runtime.metrics;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The declaration of a metric: a constant of the module that counts it. Immutable.
 *
 * @param name begins with {@code carve_}, ends with its unit, and for counters with {@code _total}
 * @param type what may be done with its values
 * @param help one line for the reader of a dashboard
 * @param labels names of its labels, in the order in which values are given
 */
public record Metric(String name, Type type, String help, List<String> labels) {

    private static final Pattern NAME = Pattern.compile("carve_[a-z0-9_]*[a-z0-9]");
    private static final Pattern LABEL = Pattern.compile("[a-z][a-z0-9_]*");

    /** What a metric's values are. */
    public enum Type {
        /** Only rises, from 0 at the start of the process. */
        COUNTER,
        /** A value of this moment. */
        GAUGE,
        /** Counts by size. */
        HISTOGRAM
    }

    public Metric {
        labels = List.copyOf(labels);
        if (!NAME.matcher(name).matches() || name.endsWith("_total") != (type == Type.COUNTER)) {
            throw new IllegalArgumentException(
                    "metric name \"%s\" of a %s (expected: carve_…, with _total if a counter)"
                            .formatted(name, type));
        }
        for (String label : labels) {
            if (!LABEL.matcher(label).matches() || label.equals("le")) {
                throw new IllegalArgumentException(
                        "label \"%s\" of %s (expected: snake case, not le)".formatted(label, name));
            }
        }
    }

    public static Metric counter(String name, String help, String... labels) {
        return new Metric(name, Type.COUNTER, help, List.of(labels));
    }

    public static Metric gauge(String name, String help, String... labels) {
        return new Metric(name, Type.GAUGE, help, List.of(labels));
    }

    public static Metric histogram(String name, String help, String... labels) {
        return new Metric(name, Type.HISTOGRAM, help, List.of(labels));
    }
}
