package dev.carve.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The {@link UploadSink} in a process of its own. nginx cannot play this part: {@code return}
 * answers before the body has come, which turns every upload into an early answer.
 */
public final class SinkBackend implements Backend {

    private final Running running;

    private SinkBackend(Running running) {
        this.running = running;
    }

    public static SinkBackend start(Path folder, String cores)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int port = Tools.freePort();
        Running running =
                Running.start(
                        "sink",
                        port,
                        cores,
                        folder.resolve("output.log"),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                UploadSink.class.getName(),
                                Integer.toString(port)));
        try {
            Probe.untilOk(running, UploadSink.COUNT);
        } catch (IOException | InterruptedException e) {
            running.close();
            throw e;
        }
        return new SinkBackend(running);
    }

    @Override
    public int port() {
        return running.port();
    }

    @Override
    public long requests() throws IOException {
        return Long.parseLong(Probe.get(port(), UploadSink.COUNT).body());
    }

    @Override
    public List<Long> family() {
        return running.family();
    }

    @Override
    public Running running() {
        return running;
    }

    @Override
    public void close() {
        running.close();
    }
}
