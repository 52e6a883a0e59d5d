package dev.carve.admin.machine;

import dev.carve.runtime.Clock;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Watches whether the machine gives the process what it needs: a sample a second, judged over the
 * last ten. Started and closed by control; samples on a thread of its own, off the event loops.
 */
public final class MachineWatch implements MetricSource, AutoCloseable {

    private static final int WINDOW = 10;

    private static final Metric SHORT =
            Metric.gauge(
                    "carve_machine_short",
                    "1 where the machine gave too little over the last 10 s, by reason.",
                    "reason");
    private static final Metric THROTTLED =
            Metric.counter(
                    "carve_cpu_throttled_seconds_total",
                    "Time for which a quota stopped the group.");
    private static final Metric THROTTLED_PERIODS =
            Metric.counter(
                    "carve_cpu_throttled_periods_total",
                    "Periods in which a quota stopped the group.");
    private static final Metric STOLEN =
            Metric.gauge(
                    "carve_cpu_steal_ratio",
                    "Share of the cores' time that the hypervisor gave away in the last 10 s.");
    private static final Metric BUSY =
            Metric.gauge(
                    "carve_cpu_busy_ratio",
                    "Share of the cores' time that anybody used in the last 10 s.");
    private static final Metric LOAD =
            Metric.gauge(
                    "carve_load_per_core", "Runnable threads of the last minute for each core.");
    private static final Metric CORES =
            Metric.gauge("carve_cores", "Cores that the process may use.");

    private final MachineFiles files;
    private final Clock clock;
    private final int cores;

    // Guarded by this.
    private final ArrayDeque<CpuSample> samples = new ArrayDeque<>();
    private final ScheduledExecutorService timer;

    MachineWatch(Path root, Clock clock, int cores) {
        files = new MachineFiles(root);
        this.clock = clock;
        this.cores = cores;
        timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("carve-machine").factory());
        sample();
    }

    /** Watches the machine this runs on. */
    public static MachineWatch start(Clock clock) {
        MachineWatch watch =
                new MachineWatch(Path.of("/"), clock, Runtime.getRuntime().availableProcessors());
        watch.timer.scheduleWithFixedDelay(watch::sample, 1, 1, TimeUnit.SECONDS);
        return watch;
    }

    /** Takes one sample. */
    void sample() {
        CpuSample taken = files.sample(clock);
        synchronized (this) {
            samples.addLast(taken);
            if (samples.size() > WINDOW + 1) {
                samples.removeFirst();
            }
        }
    }

    /** How the machine stands over the window; any thread. */
    public synchronized MachineState state() {
        return samples.size() < 2
                ? MachineState.unknown(cores)
                : MachineState.between(samples.getFirst(), samples.getLast(), cores);
    }

    private synchronized CpuSample last() {
        return samples.getLast();
    }

    /** The view named machine. */
    public AdminView view() {
        return new AdminView(
                "machine", "Whether the machine is short, over the last 10 s.", _ -> state());
    }

    @Override
    public void collect(MetricSink sink) {
        MachineState state = state();
        for (MachineState.Reason each : MachineState.Reason.values()) {
            sink.value(
                    SHORT,
                    state.reasons().contains(each) ? 1 : 0,
                    each.name().toLowerCase(Locale.ROOT));
        }
        sink.value(CORES, cores);
        if (state.stolenShare() != null) {
            sink.value(STOLEN, state.stolenShare());
        }
        if (state.busyShare() != null) {
            sink.value(BUSY, state.busyShare());
        }
        if (state.loadPerCore() != null) {
            sink.value(LOAD, state.loadPerCore());
        }
        CpuSample.Throttling throttling = last().throttling();
        if (throttling != null) {
            sink.value(THROTTLED, throttling.throttledMicros() / 1e6);
            sink.value(THROTTLED_PERIODS, (double) throttling.throttled());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
