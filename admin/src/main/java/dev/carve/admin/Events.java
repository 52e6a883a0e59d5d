package dev.carve.admin;

import dev.carve.runtime.Clock;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What only the composition root sees: loads of the configuration, lines that the access log
 * dropped, and the bounds in force.
 *
 * <p>Threads: {@link #loaded} and {@link #rejected} on control, asked by any.
 */
public final class Events implements MetricSource {

    private static final Metric LOADS =
            Metric.counter(
                    "carve_config_loads_total", "Attempts to load the configuration.", "result");
    private static final Metric LAST_LOAD =
            Metric.gauge(
                    "carve_config_last_load_timestamp_seconds",
                    "When the configuration was last loaded, or refused; seconds since 1970.",
                    "result");
    private static final Metric DROPPED =
            Metric.counter(
                    "carve_access_log_dropped_lines_total",
                    "Lines of the access log that found no room.");
    private static final Metric LIMIT =
            Metric.gauge("carve_limit", "Bounds in force, in the unit of their name.", "name");

    private final Clock clock;
    private final LongSupplier droppedLines;
    private final Supplier<Map<String, ? extends Number>> limits;

    // Guarded by this.
    private long loads;
    private long rejections;
    private double lastLoadSeconds;
    private double lastRejectionSeconds;

    /**
     * @param droppedLines of the access log since the start
     * @param limits by name, with their unit, as they are now
     */
    public Events(
            Clock clock,
            LongSupplier droppedLines,
            Supplier<Map<String, ? extends Number>> limits) {
        this.clock = clock;
        this.droppedLines = droppedLines;
        this.limits = limits;
    }

    /** A configuration was loaded; the first one too. */
    public synchronized void loaded() {
        loads++;
        lastLoadSeconds = clock.now().toEpochMilli() / 1e3;
    }

    /** A configuration had errors, and nothing changed. */
    public synchronized void rejected() {
        rejections++;
        lastRejectionSeconds = clock.now().toEpochMilli() / 1e3;
    }

    @Override
    public void collect(MetricSink sink) {
        synchronized (this) {
            sink.value(LOADS, (double) loads, "loaded");
            sink.value(LOADS, (double) rejections, "rejected");
            if (loads > 0) {
                sink.value(LAST_LOAD, lastLoadSeconds, "loaded");
            }
            if (rejections > 0) {
                sink.value(LAST_LOAD, lastRejectionSeconds, "rejected");
            }
        }
        sink.value(DROPPED, (double) droppedLines.getAsLong());
        limits.get().forEach((name, value) -> sink.value(LIMIT, value.doubleValue(), name));
    }
}
