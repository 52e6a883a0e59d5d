package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.app.terminal.Look;
import dev.carve.load.LoadBody;
import dev.carve.load.LoadFile;
import dev.carve.load.LoadListener;
import dev.carve.load.LoadOptions;
import dev.carve.load.LoadPlan;
import dev.carve.load.LoadReport;
import dev.carve.load.LoadRequest;
import dev.carve.load.LoadResult;
import dev.carve.load.LoadRun;
import dev.carve.load.ReportStyle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carve load}: open-loop load and what came of it. */
@Command(
        name = "load",
        description = "Sends load at a rate; latency counts from the intended start.",
        mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {

    private final Streams streams;
    private Look look = Look.PLAIN;

    @Parameters(index = "0", paramLabel = "METHOD", description = "such as GET")
    String method = "";

    @Parameters(
            index = "1",
            paramLabel = "URL",
            description = "http://host[:port]/path; may hold template fields")
    String url = "";

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "a second: 20, 10..80, 10..80@30s,80@60s")
    @Nullable String rate;

    @Option(names = "--for", paramLabel = "TIME", description = "how long, such as 10s")
    @Nullable String lasting;

    @Option(names = "--arrivals", paramLabel = "KIND", description = "poisson (default) or even")
    String arrivals = "poisson";

    @Option(
            names = "--closed",
            paramLabel = "N",
            description = "N connections, each as fast as it can")
    @Nullable Integer closed;

    @Option(names = "--connections", paramLabel = "N", description = "open at once, at most")
    @Nullable Integer connections;

    @Option(names = "-H", paramLabel = "HEADER", description = "Name: value; repeatable")
    List<String> headers = new ArrayList<>();

    @Option(names = "--body", paramLabel = "TEXT", description = "the body, or @file")
    @Nullable String body;

    @Option(names = "--expect", paramLabel = "STATUS", description = "200, 200,304 or 2xx")
    @Nullable String expect;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "from the intended start to the end")
    @Nullable String timeout;

    @Option(names = "--seed", paramLabel = "N", description = "repeats the very same requests")
    @Nullable Long seed;

    @Option(names = "--save", paramLabel = "FILE", description = "keep the result")
    @Nullable Path save;

    @Option(names = "--against", paramLabel = "FILE", description = "compare with a result kept")
    @Nullable Path against;

    @Option(names = "--json", description = "the result for programs")
    boolean json;

    @Option(names = "--no-color", description = "no colours")
    boolean noColor;

    LoadCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        look = Look.of(streams.out(), System.getenv());
        try {
            LoadResult before = against == null ? null : LoadFile.read(against);
            LoadPlan plan = plan();
            LoadResult result = run(plan);
            if (save != null) {
                LoadFile.save(save, result);
            }
            tell(before, result);
            return result.errorCount() == 0 ? ExitCode.DONE : ExitCode.FAILED;
        } catch (IllegalArgumentException wrong) {
            throw new UsageException(String.valueOf(wrong.getMessage()));
        } catch (IOException failed) {
            streams.err().println("carve: " + failed.getMessage());
            return ExitCode.FAILED;
        }
    }

    private LoadPlan plan() {
        List<LoadRequest.Header> fields = new ArrayList<>();
        headers.forEach(each -> fields.add(LoadOptions.header("-H", each)));
        LoadBody content = body == null ? new LoadBody.None() : LoadOptions.body("--body", body);
        LoadRequest request = new LoadRequest(method, url, fields, content, true);
        LoadPlan plan = LoadPlan.of(request, pace(), seed == null ? System.nanoTime() : seed);
        LoadPlan.Limits limits = plan.limits();
        if (connections != null) {
            limits = limits.withConnections(connections);
        } else if (closed != null) {
            limits = limits.withConnections(Math.max(limits.connections(), closed));
        }
        if (timeout != null) {
            Duration answer = LoadOptions.duration("--timeout", timeout);
            limits = limits.withTimeouts(new LoadPlan.Timeouts(limits.connectTimeout(), answer));
        }
        plan = plan.withLimits(limits);
        return expect == null ? plan : plan.withExpectation(LoadOptions.expect("--expect", expect));
    }

    private LoadPlan.Pace pace() {
        Optional<Duration> time =
                Optional.ofNullable(lasting).map(text -> LoadOptions.duration("--for", text));
        if (closed != null) {
            if (rate != null) {
                throw new UsageException("--closed and --rate exclude each other");
            }
            return new LoadPlan.Pace.Closed(closed, time.orElse(Duration.ofSeconds(10)));
        }
        if (rate == null) {
            throw new UsageException(
                    "--rate: missing (expected: --rate 20 --for 10s, or --closed N)");
        }
        return new LoadPlan.Pace.Open(
                LoadOptions.rate("--rate", rate, time),
                LoadOptions.arrivals("--arrivals", arrivals));
    }

    private LoadResult run(LoadPlan plan) throws IOException {
        boolean shown = look.redraws() && !json;
        LoadListener listener =
                shown
                        ? progress ->
                                streams.err()
                                        .print(
                                                "\r\u001b[K"
                                                        + LoadReport.progressLine(
                                                                progress, style()))
                        : LoadListener.silent();
        LoadRun run = LoadRun.start(plan, listener);
        LoadResult result = run.await();
        if (shown) {
            streams.err().print("\r\u001b[K");
        }
        return result;
    }

    private void tell(@Nullable LoadResult before, LoadResult result) {
        if (json) {
            streams.out().println(LoadFile.json(result));
            return;
        }
        streams.out().print(LoadReport.text(result, style()));
        if (before != null) {
            streams.out().print(LoadReport.comparison(before, result, style()));
        }
    }

    private ReportStyle style() {
        return look.redraws()
                ? new ReportStyle(look.colour() && !noColor, true)
                : ReportStyle.plain();
    }
}
