package dev.carve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.bench.peer.Outside;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchMainTest {

    @TempDir Path out;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @Test
    void aQuickRunMeasuresReportsAndSaysWhatWasNotRun() throws IOException, InterruptedException {
        Outside.needs("haproxy", "nginx", "wrk", "taskset");
        Assumptions.assumeTrue(
                Runtime.getRuntime().availableProcessors() >= 2, "this machine has one core");
        Options options =
                Options.parse(
                        List.of(
                                "equal-work",
                                "start",
                                "routing-10",
                                "--quick",
                                "--subject",
                                "nginx",
                                "--root",
                                out.toString(),
                                "--out",
                                out.toString()));

        List<Result> results =
                new BenchMain(options, new PrintStream(said, true, StandardCharsets.UTF_8)).run();

        assertThat(results)
                .as(said.toString(StandardCharsets.UTF_8))
                .extracting(Result::verdict)
                .containsExactly(Verdict.REPORTED, Verdict.REPORTED, Verdict.NOT_RUN);
        assertThat(results.getFirst().medians())
                .containsOnlyKeys("haproxy", "haproxy-2", "nginx", "nginx-2");
        assertThat(results.getFirst().notes())
                .anyMatch(note -> note.startsWith("carve took no part"));
        assertThat(Files.readString(out.resolve("bench.md"))).contains("| not run |", "haproxy:");
        assertThat(Files.readString(out.resolve("bench.json")))
                .contains("\"id\":\"equal-work\"", "\"aa_spread\":");
    }
}
