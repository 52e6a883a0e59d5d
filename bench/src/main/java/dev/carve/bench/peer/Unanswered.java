package dev.carve.bench.peer;

import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@link StalledClients} of a {@link PacedBackend}, from when each has come until they are told
 * to go.
 */
public final class Unanswered implements AutoCloseable {

    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final Pattern COUNTS = Pattern.compile("refused=(\\d+) unexpected=(\\d+)");

    /**
     * What the clients saw.
     *
     * @param refused how often a client was told that there is no answer
     * @param unexpected how often one was told anything else, or lost its connection
     */
    public record Told(long refused, long unexpected) {}

    private final PacedBackend backend;
    private boolean over;

    private Unanswered(PacedBackend backend) {
        this.backend = backend;
    }

    /** Returns when they are connected; each asks within a second. */
    public static Unanswered open(PacedBackend backend, int port, int clients, String path)
            throws IOException {
        Probe.get(
                backend.port(),
                PacedLoop.STALL + "?%d,%d,%s".formatted(port, clients, path),
                WITHIN);
        return new Unanswered(backend);
    }

    /** Sends them away. */
    public Told end() throws IOException {
        over = true;
        String said = Probe.get(backend.port(), PacedLoop.STALL_END, WITHIN).body();
        Matcher counts = COUNTS.matcher(said);
        if (!counts.matches()) {
            throw new IOException("the clients of the stalled service said: " + said);
        }
        return new Told(Long.parseLong(counts.group(1)), Long.parseLong(counts.group(2)));
    }

    @Override
    public void close() throws IOException {
        if (!over) {
            end();
        }
    }
}
