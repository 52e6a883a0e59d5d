package dev.carve.it.gateway;

import dev.carve.it.Project;
import dev.carve.testkit.Await;
import dev.carve.testkit.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Carve as a process of its own, with this JVM's class path and the flags that {@code ./carve}
 * gives. Its access log is thrown away, its standard error kept. One test thread.
 */
public final class GatewayProcess implements AutoCloseable {

    private static final String HEAP = "-Xmx256m"; // as the launcher's CARVE_HEAP
    private static final Duration START_MAX = Duration.ofSeconds(30);

    private final Process process;
    private final int port;
    private final Path folder;

    private GatewayProcess(Process process, int port, Path folder) {
        this.process = process;
        this.port = port;
        this.folder = folder;
    }

    /**
     * Starts it and waits until it accepts.
     *
     * @param folder where its files go
     * @param file its configuration without {@code listen}
     * @param flags further flags of its JVM
     */
    public static GatewayProcess start(Path folder, String file, String... flags)
            throws IOException {
        int port = Ports.free();
        Path configuration = folder.resolve("carve.yaml");
        Files.writeString(configuration, "listen: 127.0.0.1:" + port + "\n" + file);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Project.root().resolve("scripts/java.flags"));
        command.add(HEAP);
        command.addAll(List.of(flags));
        // Surefire's own class path is one jar that names the real one here.
        String tests = System.getProperty("surefire.test.class.path");
        command.addAll(
                List.of("-cp", tests == null ? System.getProperty("java.class.path") : tests));
        command.addAll(List.of("dev.carve.app.Main", "run", "--config", configuration.toString()));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(folder.resolve("stderr").toFile())
                        .start();
        var started = new GatewayProcess(process, port, folder);
        Await.until(
                "Carve on port " + port,
                START_MAX,
                () -> Ports.accepts(port) || !process.isAlive(),
                started::errors);
        if (!process.isAlive()) {
            throw new IOException("Carve ended at once:\n" + started.errors());
        }
        return started;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written to its standard error. */
    public String errors() {
        try {
            return Files.readString(folder.resolve("stderr"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGHUP. */
    public void hangUp() throws IOException, InterruptedException {
        int code =
                new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
        if (code != 0) {
            throw new IOException("kill -HUP ended with " + code);
        }
    }

    /** Its exit code; -1 if it does not end in time. */
    public int awaitExit(Duration within) throws InterruptedException {
        return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
    }

    /** Open descriptors now; -1 where the system does not tell. */
    public int descriptors() {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return (int) files.count();
        } catch (IOException e) {
            return -1;
        }
    }

    /** Proportional set size in KiB; -1 where the system does not tell. */
    public long pssKib() {
        try (Stream<String> lines =
                Files.lines(Path.of("/proc/" + process.pid() + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
