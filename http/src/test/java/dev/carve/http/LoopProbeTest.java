package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Clock;
import dev.carve.runtime.Failure;
import dev.carve.runtime.metrics.Distribution;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class LoopProbeTest {

    private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void stalledLoopShowsWhileItLastsAndAfterwards(Transport transport) {
        Available.require(transport);
        CountDownLatch release = new CountDownLatch(1);
        try (Loops loops = Loops.start(transport, 2, Clock.system())) {
            LoopProbe stalled = loops.probes().get(0);
            loops.all().get(0).execute(() -> await(release));
            until(() -> stalled.delayMaxNanos() > STALL_NANOS);
            until(() -> stalled.longestTaskNanos() > STALL_NANOS);
            release.countDown();
            CountDownLatch after = new CountDownLatch(1);
            loops.all().get(0).execute(after::countDown);
            await(after);
            assertThat(stalled.longestTaskNanos()).isGreaterThan(STALL_NANOS);
            until(() -> sum(stalled.delayCounts()) > 0);
            assertThat(stalled.delayMaxNanos()).isGreaterThan(STALL_NANOS / 2);
        }
    }

    /** The part of a turn that handles events counts, not only its tasks. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    void stallInAnEventHandlerShows(Transport transport) throws Exception {
        Available.require(transport);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        RequestHandler handler =
                stream -> {
                    entered.countDown();
                    await(release);
                    stream.abort(Failure.of(Failure.Kind.INTERNAL, "test"));
                    stream.release();
                };
        try (Loops loops = Loops.start(transport, 1, Clock.system())) {
            Listener listener =
                    loops.listen(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                    16,
                                    ServerSettings.DEFAULT,
                                    new Listener.ConnectionLimits(10, 0),
                                    handler,
                                    (stream, _) -> stream.release())
                            .join();
            try (Socket client =
                    new Socket(InetAddress.getLoopbackAddress(), listener.address().getPort())) {
                client.getOutputStream()
                        .write(
                                "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                await(entered);
                LoopProbe probe = loops.probes().getFirst();
                until(() -> probe.longestTaskNanos() > STALL_NANOS);
                release.countDown();
                CountDownLatch after = new CountDownLatch(1);
                loops.all().getFirst().execute(after::countDown);
                await(after);
                assertThat(probe.longestTaskNanos()).isGreaterThan(STALL_NANOS);
            } finally {
                release.countDown();
            }
        }
    }

    @Test
    void waitingLoopIsNotTakenForABusyOne() {
        try (Loops loops = Loops.start(Transport.preferred(), 1, Clock.system())) {
            LoopProbe probe = loops.probes().getFirst();
            // Twelve periods of mostly waiting: a wait counted as work would show as a period.
            until(() -> sum(probe.delayCounts()) >= 12);
            // Turns are remembered for 10 s: one that a busy machine drew out is forgotten then.
            until(() -> probe.longestTaskNanos() < TimeUnit.MILLISECONDS.toNanos(95));
        }
    }

    @Test
    void delayFallsInTheBucketWhoseBoundIsNotBelowIt() {
        double[] bounds = LoopProbe.boundsSeconds();
        assertThat(bounds).hasSize(LoopProbe.BUCKETS - 1).startsWith(6.4e-5);
        assertThat(LoopProbe.bucketOf(0)).isZero();
        assertThat(LoopProbe.bucketOf(64_000)).isZero();
        assertThat(LoopProbe.bucketOf(64_001)).isEqualTo(1);
        assertThat(LoopProbe.bucketOf((1L << 26) * 1000)).isEqualTo(LoopProbe.BUCKETS - 2);
        assertThat(LoopProbe.bucketOf((1L << 26) * 1000 + 1)).isEqualTo(LoopProbe.BUCKETS - 1);
        assertThat(LoopProbe.bucketOf(Long.MAX_VALUE / 2)).isEqualTo(LoopProbe.BUCKETS - 1);
    }

    @Test
    void everyCountOfTheWireHasASeriesOfItsOwn() {
        Set<String> series = new HashSet<>();
        Map<String, Metric> declared = new HashMap<>();
        for (LoopCounters.Count each : LoopCounters.Count.values()) {
            WireCounter counter = WireCounter.of(each);
            assertThat(
                            series.add(
                                    counter.metric().name()
                                            + String.join(",", counter.labelValues())))
                    .as(each.name())
                    .isTrue();
            assertThat(counter.labelValues()).hasSameSizeAs(counter.metric().labels());
            Metric other = declared.put(counter.metric().name(), counter.metric());
            assertThat(other).isIn(null, counter.metric());
        }
    }

    @Test
    void sumsOverLoopsAreTold() {
        Map<String, Double> told = new HashMap<>();
        MetricSink sink =
                new MetricSink() {
                    @Override
                    public void value(Metric metric, double value, String... labelValues) {
                        told.put(metric.name() + String.join(",", labelValues), value);
                    }

                    @Override
                    public void histogram(
                            Metric metric, Distribution distribution, String... labelValues) {
                        told.put(metric.name() + String.join(",", labelValues), 0.0);
                    }
                };
        try (Loops loops = Loops.start(Transport.preferred(), 2, Clock.system())) {
            CountDownLatch added = new CountDownLatch(2);
            for (Loop loop : loops.all()) {
                loop.execute(() -> {
                    loop.counters().add(LoopCounters.Count.TUNNELS_OPEN, 3);
                    added.countDown();
                });
            }
            await(added);
            new WireMetrics(loops).collect(sink);
        }
        assertThat(told)
                .containsEntry("carve_tunnels_open", 6.0)
                .containsKeys("carve_loop_delay_seconds1", "carve_buffer_memory_bytesdirect");
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long each : counts) {
            sum += each;
        }
        return sum;
    }
}
