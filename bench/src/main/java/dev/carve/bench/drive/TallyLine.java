package dev.carve.bench.drive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The one line a driver prints for the harness: {@code tally requests=… bytes=… micros=… errors=…
 * bad=… p50=… p99=… late=…}, latencies in microseconds. Whatever else it prints is for people.
 */
public final class TallyLine {

    private TallyLine() {}

    public static Tally parse(String said) throws IOException {
        List<String> tallies = said.lines().filter(line -> line.startsWith("tally ")).toList();
        if (tallies.size() != 1) {
            throw new IOException("the load generator said:\n" + said);
        }
        List<String> values = new ArrayList<>();
        for (String key :
                List.of("requests", "bytes", "micros", "errors", "bad", "p50", "p99", "late")) {
            values.add(field(tallies.getFirst(), key));
        }
        return new Tally(
                Long.parseLong(values.get(0)),
                Long.parseLong(values.get(1)),
                Long.parseLong(values.get(2)) / 1e6,
                Long.parseLong(values.get(3)),
                Long.parseLong(values.get(4)),
                Double.parseDouble(values.get(5)),
                Double.parseDouble(values.get(6)),
                Double.parseDouble(values.get(7)));
    }

    private static String field(String line, String key) throws IOException {
        int start = line.indexOf(" " + key + "=");
        if (start < 0) {
            throw new IOException("the tally has no " + key + ": " + line);
        }
        int from = start + key.length() + 2;
        int end = line.indexOf(' ', from);
        return line.substring(from, end < 0 ? line.length() : end);
    }
}
