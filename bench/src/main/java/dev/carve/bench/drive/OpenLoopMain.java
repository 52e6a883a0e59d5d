package dev.carve.bench.drive;

import dev.carve.load.Arrivals;
import dev.carve.load.LoadError;
import dev.carve.load.LoadListener;
import dev.carve.load.LoadPlan;
import dev.carve.load.LoadRequest;
import dev.carve.load.LoadResult;
import dev.carve.load.LoadRun;
import dev.carve.load.RateProfile;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Runs {@code carve load}'s generator as {@link OpenLoopDriver} asks and prints the tally line.
 * Poisson arrivals, the same seed for everybody. A second of warm-up stays out of the latencies,
 * since the generator itself has to be compiled first.
 */
final class OpenLoopMain {

    private static final long SEED = 20_261_121;
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    private OpenLoopMain() {}

    /** Port, path, connections, seconds, rate a second. */
    public static void main(String[] args) throws IOException {
        Duration lasting = Duration.ofSeconds(Long.parseLong(args[3])).plus(WARM_UP);
        LoadPlan plan =
                LoadPlan.of(
                                LoadRequest.of("GET", "http://127.0.0.1:" + args[0] + args[1]),
                                new LoadPlan.Pace.Open(
                                        RateProfile.constant(Double.parseDouble(args[4]), lasting),
                                        Arrivals.POISSON),
                                SEED)
                        .withLimits(
                                LoadPlan.Limits.usual()
                                        .withConnections(Integer.parseInt(args[2]))
                                        .withWarmUp(WARM_UP));
        System.out.println(line(LoadRun.start(plan, LoadListener.silent()).await()));
    }

    private static String line(LoadResult result) {
        long badStatuses =
                result.failures(LoadError.STATUS_4XX).count()
                        + result.failures(LoadError.STATUS_5XX).count();
        return String.format(
                Locale.ROOT,
                "tally requests=%d bytes=%d micros=%d errors=%d bad=%d p50=%.1f p99=%.1f"
                        + " late=%.1f",
                result.counts().answered(),
                result.counts().bytesIn(),
                result.title().elapsed().toNanos() / 1000,
                result.errorCount() - badStatuses,
                badStatuses,
                result.times().latency().getValueAtPercentile(50) / 1e3,
                result.times().latency().getValueAtPercentile(99) / 1e3,
                result.times().lateness().getValueAtPercentile(99) / 1e3);
    }
}
