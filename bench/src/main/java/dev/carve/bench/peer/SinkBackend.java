package dev.carve.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The {@link UploadSink} in a process of its own. nginx cannot play this part: {@code return}
 * answers before the body has come, which turns every upload into an early answer.
 */
public final class SinkBackend extends JvmBackend {

    private static final List<String> FLAGS = List.of("-Xmx512m");

    private SinkBackend(Running running) {
        super(running);
    }

    public static SinkBackend start(Path folder, String cores)
            throws IOException, InterruptedException {
        return new SinkBackend(launch("sink", folder, cores, FLAGS, UploadSink.class));
    }

    /** One that answers each request with 503. */
    public static SinkBackend startFailing(Path folder, String cores)
            throws IOException, InterruptedException {
        return new SinkBackend(
                launch("sink", folder, cores, FLAGS, UploadSink.class, UploadSink.FAILING));
    }
}
