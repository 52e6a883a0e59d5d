package dev.carve.bench;

import dev.carve.bench.peer.CarvePeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The heap that a snapshot keeps alive, built from a configuration as a reload does, in a process
 * of its own. Metrics that live across reloads were there before and are not counted.
 */
record SnapshotSize(int routes) implements Scenario {

    private static final String MAIN = "dev.carve.bench.micro.SnapshotMain";
    private static final String ANSWER = "snapshot bytes=";
    private static final double MIB = 1024 * 1024;

    @Override
    public String name() {
        return "snapshot of " + routes + " routes";
    }

    @Override
    public Optional<String> missing(Stand stand) {
        return Optional.empty();
    }

    @Override
    public Roster roster() {
        return Roster.JVM;
    }

    @Override
    public Pace pace(Pace usual) {
        return usual.few();
    }

    @Override
    public Trial open(Stand stand, List<Contender> contenders) {
        return new SnapshotTrial(this);
    }

    private record SnapshotTrial(SnapshotSize size) implements Trial {

        @Override
        public Window measure(Contender contender) throws IOException, InterruptedException {
            if (!(contender.peer() instanceof CarvePeer carve)) {
                throw new IOException("a snapshot is Carve's own, not " + contender.label() + "'s");
            }
            return new Window(Map.of(Metric.MEMORY, size.bytes(carve.flags()) / MIB), 0, List.of());
        }

        @Override
        public List<String> remarks() {
            return List.of(
                    "heap after GC with the routes less heap with one route; the routes' metrics,"
                            + " which stay across reloads, are not part of it");
        }

        @Override
        public void close() {}
    }

    private long bytes(Path flags) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "@" + flags,
                                "-Xmx512m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                MAIN,
                                Integer.toString(routes))
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Optional<String> answer = said.lines().filter(line -> line.startsWith(ANSWER)).findFirst();
        if (process.waitFor() != 0 || answer.isEmpty()) {
            throw new IOException(MAIN + " said:\n" + said);
        }
        return Long.parseLong(answer.get().substring(ANSWER.length()));
    }
}
