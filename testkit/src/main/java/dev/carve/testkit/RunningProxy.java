package dev.carve.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A proxy that runs as a child of this process until closed. One thread. */
public final class RunningProxy implements AutoCloseable {

    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();

    private final String name;
    private final int port;
    private final Path folder;
    private final Process process;

    RunningProxy(String name, int port, Path folder, Process process) {
        this.name = name;
        this.port = port;
        this.folder = folder;
        this.process = process;
    }

    /** The program's name. */
    public String name() {
        return name;
    }

    /** The port of loopback it listens on. */
    public int port() {
        return port;
    }

    /** The child's process id. */
    public long pid() {
        return process.pid();
    }

    boolean awaitAccepting(Duration bound) {
        long deadline = System.nanoTime() + bound.toNanos();
        while (process.isAlive() && System.nanoTime() - deadline < 0) {
            if (Ports.accepts(port)) {
                return true;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return false;
    }

    /** What it wrote to its output and its error log so far. */
    public String output() {
        var text = new StringBuilder();
        try {
            for (String file : new String[] {"output.log", "error.log"}) {
                Path path = folder.resolve(file);
                if (Files.exists(path)) {
                    text.append(Files.readString(path));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": its output cannot be read", e);
        }
        return text.toString();
    }

    /** Ends the child, by force after 5 s, and removes its folder. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be removed", e);
        }
    }
}
