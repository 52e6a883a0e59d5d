package dev.carve.it.carving;

import dev.carve.it.Project;
import dev.carve.testkit.OutsidePrograms;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;

/** An application of Node's below {@code it/src/test/apps}, running on a free port. */
final class NodeApp implements AutoCloseable {

    private static final Path APPS = Project.root().resolve("it/src/test/apps");
    private static final int TRIES = 3;
    private static final long START_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Process process;
    private final int port;

    private NodeApp(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts json-server as it is installed in that folder, on a copy of the data; skips the test
     * where Node or its packages are not installed.
     */
    static NodeApp jsonServer(String folder, String script, Path temp) throws Exception {
        Path node = OutsidePrograms.require("node");
        Path program = APPS.resolve(folder).resolve("node_modules/json-server").resolve(script);
        require(
                Files.exists(program),
                "it/src/test/apps/" + folder + " has no node_modules: run npm ci there");
        Path data = temp.resolve(folder + ".json");
        Files.copy(APPS.resolve("db.json"), data);
        for (int i = 1; i < TRIES; i++) {
            // Another process may take the port first: then another try picks another.
            NodeApp app = launch(node, program, data, Ports.free());
            if (app.accepts()) {
                return app;
            }
            app.close();
        }
        NodeApp last = launch(node, program, data, Ports.free());
        if (!last.accepts()) {
            last.close();
            throw new AssertionError(folder + " did not start: " + said(data));
        }
        return last;
    }

    private static void require(boolean met, String otherwise) {
        if (!met && "1".equals(System.getenv(OutsidePrograms.REQUIRE_ALL))) {
            throw new AssertionError(otherwise);
        }
        Assumptions.assumeTrue(met, "skipped: " + otherwise);
    }

    private static NodeApp launch(Path node, Path program, Path data, int port) throws IOException {
        Process started =
                new ProcessBuilder(
                                List.of(
                                        node.toString(),
                                        program.toString(),
                                        "--host",
                                        "127.0.0.1",
                                        "--port",
                                        Integer.toString(port),
                                        data.toString()))
                        .directory(APPS.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(Path.of(data + ".out").toFile())
                        .start();
        return new NodeApp(started, port);
    }

    private static String said(Path data) throws IOException {
        return Files.readString(Path.of(data + ".out"));
    }

    private boolean accepts() {
        long start = System.nanoTime();
        while (process.isAlive() && System.nanoTime() - start < START_NANOS_MAX) {
            try (RawClient client = RawClient.connect(port)) {
                client.send("GET /profile HTTP/1.1\r\nHost: h\r\n\r\n");
                return client.read().status() == 200;
            } catch (IOException notYet) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        return false;
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
