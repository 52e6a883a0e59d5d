package dev.carve.example.monolith;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a monolith runs. Start from {@link #defaults()}.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param file the database file; null keeps the data in a temporary folder that goes with the
 *     monolith
 * @param rows how many rows {@code /api/data} has; there are at most 10,000 stories and 1,000
 *     badges, and never more than rows
 * @param cpuTurns how many turns {@code /api/data-cpu} burns before it answers
 * @param queueMax how many requests may wait for the application thread; further ones get 503
 * @param prepare whether all tables are made at start rather than each on first use
 */
public record MonolithOptions(
        String host,
        int port,
        @Nullable Path file,
        int rows,
        int cpuTurns,
        int queueMax,
        boolean prepare) {

    static final int ROWS_MAX = 100_000_000;

    public MonolithOptions {
        require("port", port, 0, 65_535);
        require("rows", rows, 1, ROWS_MAX);
        require("cpuTurns", cpuTurns, 0, Integer.MAX_VALUE);
        require("queueMax", queueMax, 1, 1_000_000);
    }

    /**
     * Port 3000 on the loopback, a million rows, a burn of about 30 ms, 10,000 waiting requests.
     */
    public static MonolithOptions defaults() {
        return new MonolithOptions("127.0.0.1", 3000, null, 1_000_000, 50_000_000, 10_000, false);
    }

    public MonolithOptions withHost(String value) {
        return new MonolithOptions(value, port, file, rows, cpuTurns, queueMax, prepare);
    }

    public MonolithOptions withPort(int value) {
        return new MonolithOptions(host, value, file, rows, cpuTurns, queueMax, prepare);
    }

    public MonolithOptions withFile(Path value) {
        return new MonolithOptions(host, port, value, rows, cpuTurns, queueMax, prepare);
    }

    public MonolithOptions withRows(int value) {
        return new MonolithOptions(host, port, file, value, cpuTurns, queueMax, prepare);
    }

    public MonolithOptions withCpuTurns(int value) {
        return new MonolithOptions(host, port, file, rows, value, queueMax, prepare);
    }

    public MonolithOptions withQueueMax(int value) {
        return new MonolithOptions(host, port, file, rows, cpuTurns, value, prepare);
    }

    public MonolithOptions withPrepare(boolean value) {
        return new MonolithOptions(host, port, file, rows, cpuTurns, queueMax, value);
    }

    private static void require(String name, int value, int least, int greatest) {
        if (value < least || value > greatest) {
            throw new IllegalArgumentException(
                    "%s: %d (expected: %d to %d)".formatted(name, value, least, greatest));
        }
    }
}
