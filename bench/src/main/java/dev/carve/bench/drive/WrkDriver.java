package dev.carve.bench.drive;

import dev.carve.bench.peer.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * wrk, one thread on its core. Its latencies are those of a closed loop (a slow answer delays the
 * requests behind it, which then are not counted as slow), so only its rate is used for figures.
 */
public final class WrkDriver implements Driver {

    private static final String SCRIPT =
            """
            function done(summary, latency, requests)
              local e = summary.errors
              io.write(string.format(
                "tally requests=%d bytes=%d micros=%d errors=%d bad=%d p50=%.1f p99=%.1f late=0\\n",
                summary.requests, summary.bytes, summary.duration,
                e.connect + e.read + e.write + e.timeout, e.status,
                latency:percentile(50), latency:percentile(99)))
            end
            """;

    private final Path folder;
    private final String cores;

    public WrkDriver(Path folder, String cores) {
        this.folder = folder;
        this.cores = cores;
    }

    @Override
    public Optional<String> missing() {
        return Tools.find("wrk").isPresent()
                ? Optional.empty()
                : Optional.of("wrk is not installed (looked on PATH)");
    }

    @Override
    public Ongoing start(Load load) throws IOException {
        if (load.ratePerSecond() > 0) {
            throw new IllegalArgumentException(
                    "wrk with rate " + load.ratePerSecond() + " (expected 0: it has no open loop)");
        }
        Files.createDirectories(folder);
        Path script = folder.resolve("wrk-" + load.payload() + ".lua");
        Files.writeString(script, script(load.payload()));
        List<String> command =
                List.of(
                        "taskset",
                        "-c",
                        cores,
                        "wrk",
                        "-t1",
                        "-c" + load.connections(),
                        "-d" + Math.max(1, load.duration().toSeconds()) + "s",
                        "--timeout",
                        "10s",
                        "-s",
                        script.toString(),
                        "http://127.0.0.1:" + load.port() + load.payload().path());
        return DriverProcess.start(command, TallyLine::parse);
    }

    static String script(Payload payload) {
        return payload.requestBytes() == 0
                ? SCRIPT
                : "wrk.method = \"POST\"\nwrk.body = string.rep(\"x\", %d)\n%s"
                        .formatted(payload.requestBytes(), SCRIPT);
    }
}
