package dev.carve.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.load.LoadComparison.Row;
import dev.carve.load.LoadComparison.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadReportTest {

    @TempDir Path folder;

    @Test
    void theReportSaysWhatHappened() {
        Histogram latency = Tally.histogram();
        for (int i = 1; i <= 100; i++) {
            latency.recordValue(i * 1_000_000L);
        }
        Histogram lateness = Tally.histogram();
        lateness.recordValue(80_000);
        TreeMap<LoadError, LoadResult.Failures> errors = new TreeMap<>();
        errors.put(LoadError.STATUS_5XX, new LoadResult.Failures(4, "status 503"));
        errors.put(LoadError.TIMED_OUT, new LoadResult.Failures(1, "no complete answer"));
        LoadResult result =
                new LoadResult(
                        title(),
                        new LoadResult.Counts(105, 105, 104, 100, 20_480, 5_000, 3, 0),
                        errors,
                        new TreeMap<>(Map.of(200, 100L, 503, 4L)),
                        new LoadResult.Times(latency, Tally.histogram(), lateness),
                        List.of());
        assertThat(LoadReport.text(result, ReportStyle.plain()))
                .startsWith(
                        """
                        GET http://127.0.0.1:8080/
                        open loop, poisson, 10..80/s for 10s, seed 42

                          sent        105, 10.50/s intended
                          answered    104, 10.40/s, 200: 100, 503: 4
                          errors      5, timed out: 1, status 5xx: 4
                                      timed out, first: no complete answer
                                      status 5xx, first: status 503
                          wire        4.9 KiB out, 20.0 KiB in, 3 connections
                          sender late p99 0.080 ms, max 0.080 ms

                          ms       min    mean  median     p75     p95     p99   p99.9     max std dev
                                  1.00    50.5    50.0    75.0    95.0    99.0     100     100    28.9

                        """)
                .endsWith("  the 5 errors are in none of these times\n");
    }

    @Test
    void noLineIsWiderThanTheTerminal() {
        LoadResult result = result(5000, 1, u -> Math.exp(8 * u) * 1e5);
        for (ReportStyle style : List.of(ReportStyle.plain(), ReportStyle.terminal())) {
            String text =
                    LoadReport.text(result, style) + LoadReport.comparison(result, result, style);
            assertThat(text.replaceAll("\u001b\\[[0-9]+m", "").lines())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        }
        assertThat(LoadReport.text(result, ReportStyle.plain())).doesNotContain("\u001b");
        assertThat(LoadReport.text(result, ReportStyle.terminal()))
                .contains("\u001b[")
                .contains("█");
    }

    @Test
    void barsCountEveryAnswerOnce() {
        LoadResult result = result(5000, 1, u -> Math.exp(8 * u) * 1e5);
        long counted =
                LoadReport.text(result, ReportStyle.plain())
                        .lines()
                        .filter(line -> line.endsWith(" %"))
                        .map(line -> line.replaceAll(".*? ([0-9,]+) +[0-9.]+ %$", "$1"))
                        .mapToLong(count -> Long.parseLong(count.replace(",", "")))
                        .sum();
        assertThat(counted).isEqualTo(5000);
    }

    @Test
    void oneAnswerAloneIsShown() {
        assertThat(LoadReport.text(result(1, 1, u -> 5e6), ReportStyle.plain()))
                .contains("100.0 %");
    }

    @Test
    void noRightAnswerIsSaid() {
        assertThat(LoadReport.text(result(0, 1, u -> 1), ReportStyle.plain()))
                .contains("no right answer to measure");
    }

    @Test
    void aSavedRunReadsBackTheSame() throws Exception {
        Path file = folder.resolve("before.json");
        LoadResult saved = result(5000, 1, u -> 1e6 + u * 1e5);
        LoadFile.save(file, saved);
        LoadResult read = LoadFile.read(file);
        assertThat(read.title()).isEqualTo(saved.title());
        assertThat(read.counts()).isEqualTo(saved.counts());
        assertThat(read.errors()).isEqualTo(saved.errors());
        assertThat(read.statuses()).isEqualTo(saved.statuses());
        assertThat(read.windows()).isEqualTo(saved.windows());
        assertThat(LatencyFigures.of(read.times().latency()))
                .isEqualTo(LatencyFigures.of(saved.times().latency()));
        assertThat(LoadReport.text(read, ReportStyle.plain()))
                .isEqualTo(LoadReport.text(saved, ReportStyle.plain()));
        assertThat(folder.toFile().list()).containsExactly("before.json");
    }

    @Test
    void anotherFileIsRefusedByName() throws Exception {
        Path whole = folder.resolve("whole");
        LoadFile.save(whole, result(10, 1, u -> 1e6));
        String text = Files.readString(whole);
        for (String broken :
                List.of(
                        "",
                        "{}",
                        "[1]",
                        "no json",
                        text.substring(0, text.length() / 2),
                        text.replace("carve-load/1", "carve-load/9"),
                        text.replace("\"sent\":", "\"spent\":"),
                        text.replaceAll(
                                "\"latencyHistogram\":\"[^\"]{8}", "\"latencyHistogram\":\""))) {
            Path file = Files.writeString(folder.resolve("broken.json"), broken);
            assertThatThrownBy(() -> LoadFile.read(file))
                    .as(broken)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + ": is no saved load run: ");
        }
    }

    @Test
    void theSameLoadTwiceIsNoise() {
        LoadResult before = result(20_000, 1, u -> 1e6 - Math.log(1 - u) * 1e6);
        LoadResult after = result(20_000, 2, u -> 1e6 - Math.log(1 - u) * 1e6);
        assertThat(verdicts(before, after)).containsOnly(Verdict.NOISE);
    }

    @Test
    void aTenthSlowerIsMoreThanNoiseAndFasterTheOtherWay() {
        LoadResult before = result(20_000, 1, u -> 1e6 - Math.log(1 - u) * 1e6);
        LoadResult after = result(20_000, 2, u -> 1.1e6 - Math.log(1 - u) * 1.1e6);
        assertThat(verdicts(before, after).subList(0, 4)).containsOnly(Verdict.SLOWER);
        assertThat(verdicts(after, before).subList(0, 4)).containsOnly(Verdict.FASTER);
        assertThat(LoadReport.comparison(before, after, ReportStyle.plain()))
                .contains("slower")
                .contains("1.1");
    }

    @Test
    void fewAnswersJudgeNoTail() {
        LoadResult before = result(200, 1, u -> 1e6 + u * 1e6);
        LoadResult after = result(200, 2, u -> 9e6 + u * 1e6);
        List<Verdict> verdicts = verdicts(before, after);
        // mean, median, p75, p95 have answers enough; p99 and p99.9 have not.
        assertThat(verdicts)
                .containsExactly(
                        Verdict.SLOWER,
                        Verdict.SLOWER,
                        Verdict.SLOWER,
                        Verdict.SLOWER,
                        Verdict.TOO_FEW,
                        Verdict.TOO_FEW);
    }

    @Test
    void answersThatRiseAndFallTogetherCountForLess() {
        // Ten windows whose means are far apart tell ten things, not ten thousand.
        Histogram latency = Tally.histogram();
        List<LoadResult.Window> windows = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            latency.recordValueWithCount(i * 1_000_000L, 1000);
            windows.add(new LoadResult.Window(1000, i * 1e6));
        }
        LoadResult result = result(latency, windows);
        assertThat(LoadComparison.effectiveCount(result)).isBetween(8.0, 11.0);
        LoadResult independent = result(20_000, 1, u -> 1e6 + u * 1e6);
        assertThat(LoadComparison.effectiveCount(independent)).isGreaterThan(5_000);
    }

    @Test
    void differentLoadsAreNamedWhenCompared() {
        LoadResult one = result(100, 1, u -> 1e6);
        LoadResult.Title other =
                new LoadResult.Title(
                        "GET http://127.0.0.1:9/",
                        one.title().pace(),
                        1,
                        Instant.EPOCH,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        false);
        LoadResult two =
                new LoadResult(
                        other, one.counts(), one.errors(), one.statuses(), one.times(), List.of());
        assertThat(LoadReport.comparison(one, two, ReportStyle.plain()))
                .contains("not the same load")
                .contains("127.0.0.1:9");
    }

    private static List<Verdict> verdicts(LoadResult before, LoadResult after) {
        return LoadComparison.of(before, after).rows().stream()
                .map(Row::verdict)
                .filter(verdict -> verdict != Verdict.NOT_JUDGED)
                .toList();
    }

    /** Latencies drawn by inverting a distribution, in 20 windows. */
    private static LoadResult result(int count, long seed, DoubleUnaryOperator quantile) {
        SplittableRandom random = new SplittableRandom(seed);
        Histogram latency = Tally.histogram();
        List<LoadResult.Window> windows = new ArrayList<>();
        LoadResult.Window window = new LoadResult.Window(0, 0);
        for (int i = 0; i < count; i++) {
            double nanos = quantile.applyAsDouble(random.nextDouble());
            Tally.record(latency, (long) nanos);
            window = window.plus(new LoadResult.Window(1, nanos));
            if (window.count() == Math.max(1, count / 20)) {
                windows.add(window);
                window = new LoadResult.Window(0, 0);
            }
        }
        return result(latency, windows);
    }

    private static LoadResult result(Histogram latency, List<LoadResult.Window> windows) {
        long count = latency.getTotalCount();
        return new LoadResult(
                title(),
                new LoadResult.Counts(count, count, count, count, 1 << 20, 1 << 10, 3, 0),
                new TreeMap<>(Map.of(LoadError.RESET, new LoadResult.Failures(2, "\"x\" → y"))),
                new TreeMap<>(Map.of(200, count)),
                new LoadResult.Times(latency, Tally.histogram(), Tally.histogram()),
                windows);
    }

    private static LoadResult.Title title() {
        return new LoadResult.Title(
                "GET http://127.0.0.1:8080/",
                "open loop, poisson, 10..80/s for 10s",
                42,
                Instant.EPOCH,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                false);
    }
}
