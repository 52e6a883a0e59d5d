package dev.carve.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A JMH benchmark of {@code dev.carve.bench.micro} as a figure: its score in nanoseconds, one fork
 * a round. Carve's own code alone; peers have no part in it.
 *
 * @param benchmark class and method, such as {@code BaselineBenchmark.everyByteOnce}
 * @param parameter of the benchmark, empty for none
 * @param value of that parameter
 * @param counter of the benchmark's own, in megabytes a second, instead of the time; or empty
 */
record Micro(String benchmark, String parameter, String value, String counter) implements Scenario {

    Micro(String benchmark, String parameter, String value) {
        this(benchmark, parameter, value, "");
    }

    @Override
    public String name() {
        return benchmark + (parameter.isEmpty() ? "" : ", " + parameter + " " + value);
    }

    @Override
    public Optional<String> missing(Stand stand) {
        try (InputStream list = Micro.class.getResourceAsStream("/META-INF/BenchmarkList")) {
            String known =
                    list == null ? "" : new String(list.readAllBytes(), StandardCharsets.UTF_8);
            String type = benchmark.substring(0, benchmark.indexOf('.'));
            return known.contains("." + type)
                    ? Optional.empty()
                    : Optional.of("no JMH benchmark " + type + " in this build");
        } catch (IOException e) {
            return Optional.of("the list of JMH benchmarks cannot be read: " + e.getMessage());
        }
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
        return new MicroTrial(this, stand);
    }

    private record MicroTrial(Micro micro, Stand stand) implements Trial {

        @Override
        public Window measure(Contender contender) throws IOException {
            return new Window(Map.of(micro.metric(), micro.score(stand)), 0, List.of());
        }

        @Override
        public void close() {}
    }

    private Metric metric() {
        return counter.isEmpty() ? Metric.STEP : Metric.BANDWIDTH;
    }

    double score(Stand stand) throws IOException {
        OptionsBuilder options = new OptionsBuilder();
        options.include(".*\\." + Pattern.quote(benchmark) + "$");
        options.forks(1);
        options.verbosity(VerboseMode.SILENT);
        options.shouldFailOnError(true);
        if (stand.pace().rounds() == 1) {
            options.warmupIterations(1);
            options.measurementIterations(1);
        }
        if (!parameter.isEmpty()) {
            options.param(parameter, value);
        }
        try {
            Collection<RunResult> results = new Runner(options.build()).run();
            if (results.size() != 1) {
                throw new IOException(
                        "%s gave %d results (expected 1)".formatted(benchmark, results.size()));
            }
            return score(results.iterator().next());
        } catch (RunnerException e) {
            throw new IOException(benchmark + ": " + e.getMessage(), e);
        }
    }

    private double score(RunResult result) throws IOException {
        if (counter.isEmpty()) {
            return result.getPrimaryResult().getScore();
        }
        Result<?> counted = result.getSecondaryResults().get(counter);
        if (counted == null) {
            throw new IOException(benchmark + " has no counter " + counter);
        }
        return counted.getScore();
    }
}
