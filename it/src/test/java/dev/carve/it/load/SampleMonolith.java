package dev.carve.it.load;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sample monolith as a process of its own, with few rows. One test thread. */
final class SampleMonolith implements AutoCloseable {

    private static final Pattern LISTENING =
            Pattern.compile("monolith listening on http://\\S+?:([0-9]+)");

    private final Process process;
    private final Path output;

    private SampleMonolith(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static SampleMonolith start(Path folder) throws IOException {
        Path output = folder.resolve("monolith");
        List<String> command = GatewayProcess.command();
        command.set(command.size() - 1, "dev.carve.example.monolith.Monolith");
        command.addAll(List.of("--port", "0", "--rows", "100"));
        var builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().remove("PORT");
        var started = new SampleMonolith(builder.start(), output);
        Await.until(
                "the monolith's port",
                Duration.ofSeconds(30),
                () -> started.port() > 0,
                started::said);
        return started;
    }

    int port() {
        Matcher told = LISTENING.matcher(said());
        return told.find() ? Integer.parseInt(told.group(1)) : 0;
    }

    private String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
