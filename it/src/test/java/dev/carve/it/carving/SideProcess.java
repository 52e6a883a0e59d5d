package dev.carve.it.carving;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A {@link SideMain} that can be killed and started again; its port stays its own all the while.
 * One test thread.
 */
final class SideProcess implements AutoCloseable {

    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final int END_SECONDS_MAX = 10;

    private final Ports.Held port = Ports.refusing();
    private final String name;
    private final Path output;
    private Process process;

    private SideProcess(Path folder, String name) throws IOException {
        this.name = name;
        output = folder.resolve("side-" + name);
        process = launch();
    }

    /** Starts one that names itself in the field {@code X-Side} of each answer. */
    static SideProcess start(Path folder, String name) throws IOException {
        return new SideProcess(folder, name);
    }

    private Process launch() throws IOException {
        List<String> command = GatewayProcess.command();
        command.set(command.size() - 1, SideMain.class.getName());
        command.addAll(List.of(Integer.toString(port.port()), name));
        Process started =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        Await.until(
                "the side " + name,
                START_MAX,
                () -> said().startsWith(SideMain.LISTENING) || !started.isAlive(),
                this::said);
        if (!started.isAlive()) {
            throw new IOException("the side " + name + " ended at once: " + said());
        }
        return started;
    }

    private String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port.port();
    }

    /** SIGKILL; returns when it is gone, from then on connections are refused. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("the side " + name + " outlives SIGKILL");
        }
    }

    /** Starts it again on the same port. */
    void again() throws IOException {
        process = launch();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        port.close();
    }
}
