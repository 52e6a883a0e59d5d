package dev.carve.load;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs one load from the command line while working on this module, and says what it cost: {@code
 * URL RATE|closed:N DURATION [even|poisson] [save-file]}; at most {@code -Dconnections=N} open.
 */
final class LoadByHand {

    private LoadByHand() {}

    public static void main(String[] args) throws Exception {
        Duration lasting = LoadOptions.duration("duration", args[2]);
        Arrivals arrivals =
                args.length > 3 ? LoadOptions.arrivals("arrivals", args[3]) : Arrivals.POISSON;
        LoadPlan.Pace pace =
                args[1].startsWith("closed:")
                        ? new LoadPlan.Pace.Closed(Integer.parseInt(args[1].substring(7)), lasting)
                        : new LoadPlan.Pace.Open(
                                LoadOptions.rate("rate", args[1], Optional.of(lasting)), arrivals);
        LoadPlan.Limits limits =
                LoadPlan.Limits.usual().withConnections(Integer.getInteger("connections", 10_000));
        LoadPlan plan = LoadPlan.of(LoadRequest.of("GET", args[0]), pace, 1).withLimits(limits);
        long[] warm = new long[2];
        LoadRun run =
                LoadRun.start(
                        plan,
                        p -> {
                            if (p.elapsed().toSeconds() == 4) {
                                warm[0] = cpuNanos();
                                warm[1] = p.sent();
                            }
                            IO.println(LoadReport.progressLine(p, ReportStyle.terminal()));
                        });
        LoadResult result = run.await();
        IO.println(LoadReport.text(result, ReportStyle.terminal()));
        long cpu = cpuNanos();
        IO.println(
                "cpu us a request: %.2f with the start, %.2f from the fifth second"
                        .formatted(
                                cpu / 1e3 / Math.max(1, result.counts().sent()),
                                (cpu - warm[0])
                                        / 1e3
                                        / Math.max(1, result.counts().sent() - warm[1])));
        if (args.length > 4) {
            Path file = Path.of(args[4]);
            if (Files.exists(file)) {
                IO.println(
                        LoadReport.comparison(LoadFile.read(file), result, ReportStyle.terminal()));
            } else {
                LoadFile.save(file, result);
            }
        }
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }
}
