package dev.carve.bench.rollback;

import dev.carve.bench.peer.CarvePeer;
import dev.carve.bench.peer.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Carve as {@code ./carve} starts it, on ports that the system chooses. The command's thread. */
final class CarvingGateway implements AutoCloseable {

    private static final Pattern PORT =
            Pattern.compile(
                    "^carve: (listening|admin) at 127\\.0\\.0\\.1:([0-9]+)$", Pattern.MULTILINE);
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Duration LOOK_AFTER = Duration.ofMillis(10);
    private static final int END_SECONDS_MAX = 10;

    private final Process process;
    private final Path said;
    private int port;
    private int adminPort;

    private CarvingGateway(Process process, Path said) {
        this.process = process;
        this.said = said;
    }

    /** Starts it with that file, but for where it listens; its files go to the folder. */
    static CarvingGateway start(CarvePeer carve, Path folder, String file)
            throws IOException, InterruptedException {
        Path config = folder.resolve("carve.yaml");
        Path said = folder.resolve("gateway.log");
        Files.writeString(
                config,
                "listen: 127.0.0.1:0%nadmin: 127.0.0.1:0%naccess_log: off%nstore: \"%s\"%n%s"
                        .formatted(folder.resolve("carve.db"), file));
        List<String> command = new ArrayList<>(carve.program());
        command.addAll(List.of("run", "--config", config.toString()));
        CarvingGateway started =
                new CarvingGateway(
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectOutput(said.toFile())
                                .start(),
                        said);
        started.awaitPorts();
        return started;
    }

    private void awaitPorts() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (adminPort == 0) {
            String text = Files.readString(said);
            Matcher told = PORT.matcher(text);
            while (told.find()) {
                int number = Integer.parseInt(told.group(2));
                if (told.group(1).equals("admin")) {
                    adminPort = number;
                } else {
                    port = number;
                }
            }
            boolean ended = process.waitFor(LOOK_AFTER.toMillis(), TimeUnit.MILLISECONDS);
            if (ended || System.nanoTime() - start > START_MAX.toNanos()) {
                process.destroyForcibly();
                throw new IOException("Carve did not start:\n" + text);
            }
        }
    }

    int port() {
        return port;
    }

    String metrics() throws IOException {
        return Probe.get(adminPort, "/metrics").body();
    }

    /** Gives a command to the carve of a route, and has it obeyed. */
    void command(String name, String route) throws IOException {
        Probe.Answer answer = Probe.post(adminPort, "/api/" + name + "?route=" + route);
        if (answer.status() != 200) {
            throw new IOException(name + " " + route + ": " + answer.body());
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
