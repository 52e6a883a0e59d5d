package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.metrics.Distribution;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

/**
 * What the wire counts, summed over the event loops, and how promptly each loop works. Includes the
 * connections of every listener, the admin listener's too.
 *
 * <p>Immutable; asked by any thread.
 */
public final class WireMetrics implements MetricSource {

    private static final Metric ACCEPT_FAILURES =
            Metric.counter(
                    "carve_accept_failures_total",
                    "Connections that could not be accepted, as when descriptors run out.");
    private static final Metric LOOP_DELAY =
            Metric.histogram(
                    "carve_loop_delay_seconds",
                    "How late tasks of an event loop run, sampled every 100 ms.",
                    "loop");
    private static final Metric LOOP_DELAY_RECENT =
            Metric.gauge(
                    "carve_loop_delay_recent_seconds",
                    "The same over the last 10 s: the longest, and the 99th percentile.",
                    "loop",
                    "stat");
    private static final Metric LONGEST_TASK =
            Metric.gauge(
                    "carve_loop_longest_task_seconds",
                    "Longest time in the last 10 s in which an event loop turned to nothing new.",
                    "loop");
    private static final Metric BUFFER_MEMORY =
            Metric.gauge(
                    "carve_buffer_memory_bytes",
                    "Memory that the buffer allocator holds, in use or not.",
                    "kind");

    private final Loops loops;

    public WireMetrics(Loops loops) {
        this.loops = loops;
    }

    @Override
    public void collect(MetricSink sink) {
        for (Count count : Count.values()) {
            WireCounter counter = WireCounter.of(count);
            long sum = 0;
            for (Loop loop : loops.all()) {
                sum += loop.counters().get(count);
            }
            sink.value(counter.metric(), (double) sum, counter.labelValues());
        }
        sink.value(ACCEPT_FAILURES, (double) loops.acceptFailures());
        double[] bounds = LoopProbe.boundsSeconds();
        for (LoopProbe probe : loops.probes()) {
            String loop = Integer.toString(probe.number());
            sink.histogram(
                    LOOP_DELAY,
                    new Distribution(bounds, probe.delayCounts(), probe.delaySumSeconds()),
                    loop);
            sink.value(LOOP_DELAY_RECENT, probe.delayMaxNanos() / 1e9, loop, "max");
            sink.value(LOOP_DELAY_RECENT, probe.delayP99Nanos() / 1e9, loop, "p99");
            sink.value(LONGEST_TASK, probe.longestTaskNanos() / 1e9, loop);
        }
        ByteBufAllocator allocator = loops.allocator();
        if (allocator instanceof ByteBufAllocatorMetricProvider provider) {
            sink.value(BUFFER_MEMORY, (double) provider.metric().usedDirectMemory(), "direct");
            sink.value(BUFFER_MEMORY, (double) provider.metric().usedHeapMemory(), "heap");
        }
    }
}
