package dev.carve.bench.proc;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pauses in a JVM's {@code -Xlog:gc} file, whatever the collector.
 *
 * <p>Between two collections the heap only grows by allocation, so the sum of "before minus the
 * previous after" is what was allocated; a forced collection at both ends makes it whole.
 */
public final class GcLog {

    /** One pause; sizes as logged, so exact to the unit the JVM chose (usually 1 MiB). */
    public record Pause(String cause, long beforeBytes, long afterBytes, double millis) {

        boolean forced() {
            return cause.contains("Diagnostic Command");
        }
    }

    private static final Pattern PAUSE =
            Pattern.compile("Pause (.*?) (\\d+)([KMG])->(\\d+)([KMG])\\(\\d+[KMG]\\) ([0-9.]+)ms");

    private GcLog() {}

    public static List<Pause> parse(String log) {
        List<Pause> pauses = new ArrayList<>();
        for (String line : log.lines().toList()) {
            Matcher match = PAUSE.matcher(line);
            if (match.find()) {
                pauses.add(
                        new Pause(
                                match.group(1),
                                bytes(match.group(2), match.group(3)),
                                bytes(match.group(4), match.group(5)),
                                Double.parseDouble(match.group(6))));
            }
        }
        return List.copyOf(pauses);
    }

    /** What was allocated between the first and the last of these pauses. */
    public static long allocatedBytes(List<Pause> pauses) {
        long bytes = 0;
        for (int i = 1; i < pauses.size(); i++) {
            bytes += Math.max(0, pauses.get(i).beforeBytes() - pauses.get(i - 1).afterBytes());
        }
        return bytes;
    }

    /** The longest pause that the program itself caused, not one that was forced from outside. */
    public static double longestMillis(List<Pause> pauses) {
        return pauses.stream()
                .filter(pause -> !pause.forced())
                .mapToDouble(Pause::millis)
                .max()
                .orElse(0);
    }

    private static long bytes(String number, String unit) {
        int shift =
                switch (unit) {
                    case "K" -> 10;
                    case "M" -> 20;
                    case "G" -> 30;
                    default -> throw new IllegalArgumentException("gc log: unit \"" + unit + "\"");
                };
        return Long.parseLong(number) << shift;
    }
}
