package dev.carve.it.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code /metrics} told at one moment. Immutable.
 *
 * @param samples values by series, as written
 */
public record Scrape(Map<String, Double> samples) {

    private static final Pattern SAMPLE =
            Pattern.compile("^([a-z_]+(?:\\{.*})?) ([^ ]+)$", Pattern.MULTILINE);

    public Scrape {
        samples = Map.copyOf(samples);
    }

    /** Reads the text format; comments are passed over. */
    public static Scrape of(String text) {
        Map<String, Double> samples = new LinkedHashMap<>();
        Matcher sample = SAMPLE.matcher(text);
        while (sample.find()) {
            samples.put(
                    sample.group(1), Double.valueOf(sample.group(2).replace("Inf", "Infinity")));
        }
        return new Scrape(samples);
    }

    /**
     * The sum of all series of a metric that carry these labels, each written {@code name="value"};
     * 0 without any.
     */
    public double sum(String metric, String... labels) {
        double sum = 0;
        for (Map.Entry<String, Double> each : samples.entrySet()) {
            if (matches(each.getKey(), metric, labels)) {
                sum += each.getValue();
            }
        }
        return sum;
    }

    /** The same for what counts whole things. */
    public long count(String metric, String... labels) {
        return Math.round(sum(metric, labels));
    }

    /** Whether there is such a series at all: a sum of 0 may mean a name that nobody has. */
    public boolean has(String metric) {
        return samples.keySet().stream().anyMatch(series -> matches(series, metric));
    }

    /** The values that a label takes among the series of a metric that are not 0. */
    public Set<String> values(String metric, String label) {
        var found = new TreeSet<String>();
        Pattern value = Pattern.compile("[{,]" + label + "=\"([^\"]*)\"");
        for (Map.Entry<String, Double> each : samples.entrySet()) {
            Matcher matcher = value.matcher(each.getKey());
            if (matches(each.getKey(), metric) && each.getValue() != 0 && matcher.find()) {
                found.add(matcher.group(1));
            }
        }
        return found;
    }

    private static boolean matches(String series, String metric, String... labels) {
        if (!series.equals(metric) && !series.startsWith(metric + "{")) {
            return false;
        }
        for (String label : labels) {
            if (!series.contains("{" + label) && !series.contains("," + label)) {
                return false;
            }
        }
        return true;
    }
}
