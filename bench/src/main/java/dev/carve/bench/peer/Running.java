package dev.carve.bench.peer;

import dev.carve.bench.proc.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A started program, bound to its cores, its output appended to one file. Closing it stops it. */
public final class Running implements AutoCloseable {

    private static final Duration STOP_GRACE = Duration.ofSeconds(3);
    private static final int TAIL_LINES = 12;

    private final String label;
    private final int port;
    private final Process process;
    private final Path output;
    private final long startedNanos;

    private Running(String label, int port, Process process, Path output, long startedNanos) {
        this.label = label;
        this.port = port;
        this.process = process;
        this.output = output;
        this.startedNanos = startedNanos;
    }

    /**
     * Starts {@code command} on {@code cores}; taskset replaces itself, so the pid is the
     * program's.
     */
    static Running start(String label, int port, String cores, Path output, List<String> command)
            throws IOException {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", cores));
        pinned.addAll(command);
        long startedNanos = System.nanoTime();
        Process process =
                new ProcessBuilder(pinned)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                        .start();
        return new Running(label, port, process, output, startedNanos);
    }

    public String label() {
        return label;
    }

    public int port() {
        return port;
    }

    /** {@link System#nanoTime} just before it was started. */
    public long startedNanos() {
        return startedNanos;
    }

    /** Where its configuration and its logs are. */
    public Path folder() {
        return Objects.requireNonNull(output.getParent());
    }

    /** The file that standard output and standard error go to. */
    public Path output() {
        return output;
    }

    public long pid() {
        return process.pid();
    }

    /** The pids of the program and its workers, as of now. */
    public List<Long> family() {
        return Proc.family(process.toHandle());
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Waits for {@code pause} or the program's end; false when it has ended. */
    public boolean aliveAfter(Duration pause) throws InterruptedException {
        return !process.waitFor(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** The end of what it said, for an error message. */
    public String tail() {
        try {
            List<String> lines = Files.readAllLines(output);
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(its output cannot be read: " + e.getMessage() + ")";
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> family = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        // A master that was killed leaves its workers behind.
        family.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    }
}
