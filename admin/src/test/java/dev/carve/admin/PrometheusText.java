package dev.carve.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A strict reader of the Prometheus text format 0.0.4, written from its specification alone: what
 * it does not know is an error. Checks groups, types, repeated series and histograms.
 */
final class PrometheusText {

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Map<String, List<double[]>> buckets = new LinkedHashMap<>();
    private final Set<String> closed = new LinkedHashSet<>();
    private String family = "";
    private boolean helped;

    static PrometheusText read(String text) {
        PrometheusText read = new PrometheusText();
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("the last line does not end");
        }
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            read.line(line);
        }
        read.checkHistograms();
        return read;
    }

    /** The value of a series written as {@code name{label="value",…}}. */
    double value(String series) {
        Double value = samples.get(series);
        if (value == null) {
            throw new AssertionError("no series " + series + " among " + samples.keySet());
        }
        return value;
    }

    boolean has(String series) {
        return samples.containsKey(series);
    }

    String type(String name) {
        return types.getOrDefault(name, "none");
    }

    private void line(String line) {
        if (line.startsWith("# HELP ")) {
            String[] parts = line.substring(7).split(" ", 2);
            open(parts[0]);
            helped = parts.length == 2 && !parts[1].isBlank();
        } else if (line.startsWith("# TYPE ")) {
            String[] parts = line.substring(7).split(" ", -1);
            require(parts.length == 2 && parts[0].equals(family) && helped, line);
            require(Set.of("counter", "gauge", "histogram").contains(parts[1]), line);
            require(types.put(parts[0], parts[1]) == null, line);
        } else {
            sample(line);
        }
    }

    private void open(String name) {
        require(name.matches("[a-zA-Z_:][a-zA-Z0-9_:]*"), name);
        require(closed.add(name), "second group of " + name);
        family = name;
    }

    private void sample(String line) {
        int at = 0;
        while (at < line.length() && line.charAt(at) != '{' && line.charAt(at) != ' ') {
            at++;
        }
        String name = line.substring(0, at);
        boolean histogram = "histogram".equals(types.get(family));
        require(
                histogram
                        ? name.matches(Pattern.quote(family) + "_(bucket|sum|count)")
                        : name.equals(family) && types.containsKey(family),
                line);
        StringBuilder labels = new StringBuilder();
        String bound = "";
        if (line.charAt(at) == '{') {
            at++;
            Set<String> seen = new LinkedHashSet<>();
            while (true) {
                int equals = line.indexOf("=\"", at);
                require(equals > at, line);
                String label = line.substring(at, equals);
                require(label.matches("[a-zA-Z_][a-zA-Z0-9_]*") && seen.add(label), line);
                StringBuilder value = new StringBuilder();
                at = quoted(line, equals + 2, value);
                if (label.equals("le")) {
                    bound = value.toString();
                } else {
                    labels.append(labels.isEmpty() ? "" : ",");
                    labels.append(label).append("=\"").append(value).append('"');
                }
                char after = line.charAt(at++);
                if (after == '}') {
                    break;
                }
                require(after == ',', line);
            }
        }
        require(line.charAt(at) == ' ' && line.indexOf(' ', at + 1) < 0, line);
        double value = number(line.substring(at + 1));
        String key = labels.isEmpty() ? "" : "{" + labels + "}";
        if (name.endsWith("_bucket") && histogram) {
            require(!bound.isEmpty(), line);
            buckets.computeIfAbsent(family + key, _ -> new ArrayList<>())
                    .add(new double[] {number(bound), value});
            key = "{" + labels + (labels.isEmpty() ? "" : ",") + "le=\"" + bound + "\"}";
        } else {
            require(bound.isEmpty(), line);
        }
        require(samples.put(name + key, value) == null, "twice: " + line);
    }

    private static int quoted(String line, int from, StringBuilder value) {
        int at = from;
        while (line.charAt(at) != '"') {
            char c = line.charAt(at++);
            if (c == '\\') {
                char escaped = line.charAt(at++);
                require("\\n\"".indexOf(escaped) >= 0, line);
                value.append(escaped == 'n' ? '\n' : escaped);
            } else {
                value.append(c);
            }
        }
        return at + 1;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case "NaN" -> Double.NaN;
            default -> {
                require(text.matches("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?"), text);
                yield Double.parseDouble(text);
            }
        };
    }

    private void checkHistograms() {
        buckets.forEach((series, list) -> {
            double bound = Double.NEGATIVE_INFINITY;
            double below = 0;
            for (double[] each : list) {
                require(each[0] > bound && each[1] >= below, series);
                bound = each[0];
                below = each[1];
            }
            int labels = series.indexOf('{');
            String name = labels < 0 ? series : series.substring(0, labels);
            String rest = labels < 0 ? "" : series.substring(labels);
            require(Double.isInfinite(bound), series + " has no +Inf bucket");
            require(value(name + "_count" + rest) == below, series + " count");
            value(name + "_sum" + rest);
        });
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException("not the text format 0.0.4: " + what);
        }
    }
}
