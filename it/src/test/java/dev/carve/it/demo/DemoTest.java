package dev.carve.it.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ./carve demo --once} in an empty folder. Through the launcher where {@code ./dev test}
 * made the build that it starts, else by its class.
 */
class DemoTest {

    private static final long SECONDS_MAX = 600;

    @TempDir Path temp = Path.of("");

    @Test
    @Timeout(2 * SECONDS_MAX)
    void newcomerSeesBothRowsTwiceAndWhatTheHopCosts() throws Exception {
        Path folder = Files.createDirectory(temp.resolve("empty"));
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        Process demo =
                new ProcessBuilder(command())
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        try {
            assertThat(demo.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            demo.destroyForcibly();
        }

        String said = Files.readString(out);
        assertThat(demo.exitValue()).as(said + Files.readString(err)).isZero();
        assertThat(rows(said, "straight")).hasSize(2);
        assertThat(rows(said, "through Carve")).hasSize(2);
        assertThat(rows(said, "published")).hasSize(4);
        assertThat(rows(said, "before, the monolith")).hasSize(1);
        assertThat(rows(said, "after, the new side")).hasSize(1);
        assertThat(said.replaceAll("\\s+", " "))
                .containsPattern(
                        "[0-9]+ of [0-9]+ answers differ: Carve does not shift\\. It waits for [^:]*"
                                + "\\bmismatches [0-9.]+ % of [0-9]+ compared \\(limit 10%\\): worse, ");
        assertThat(said).containsPattern("(?m)^ +shift 100%");
        assertThat(said)
                .containsPattern("Rolled back [0-9.]+ s after it died; 0 of [0-9]+ requests");
        assertThat(said).containsPattern("(?m)^The hop: (.* [0-9.]+ ms|not to be told)");
        assertThat(said.replaceAll("\\s+", " "))
                .containsPattern("the median is [0-9.]+ ms straight and [0-9.]+ ms through Carve");
        assertThat(said).contains("The hop: not to be seen here");
        assertThat(said.lines()).allMatch(line -> line.length() <= 80);
        assertThat(Files.readString(err)).isEmpty();
        assertEmpty(folder);
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>();
        String launcher = System.getenv("CARVE_LAUNCHER");
        if (launcher == null) {
            command.addAll(GatewayProcess.command());
        } else {
            command.add(launcher);
        }
        command.addAll(List.of("demo", "--once"));
        return command;
    }

    /** Lines of a table under that name: six figures follow it. */
    private static List<String> rows(String said, String name) {
        return said.lines()
                .filter(line -> line.matches(" *" + name + "\\b.*( +[0-9.,]+){6}"))
                .toList();
    }

    private static void assertEmpty(Path folder) throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
