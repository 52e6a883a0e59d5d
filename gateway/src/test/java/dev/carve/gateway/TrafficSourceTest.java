package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Control;
import dev.carve.gateway.settings.ServiceSettings;
import dev.carve.http.HeadLimits;
import dev.carve.http.Loops;
import dev.carve.http.Transport;
import dev.carve.runtime.Clock;
import dev.carve.runtime.Failure.Kind;
import dev.carve.runtime.metrics.Distribution;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrafficSourceTest {

    private final Loops loops = Loops.start(Transport.preferred(), 2, Clock.system());
    private final Registry registry = new Registry(loops, Control.own(Clock.system()));
    private final Told told = new Told();

    /** Keeps what it is told, by name and label values. */
    private static final class Told implements MetricSink {
        private final Map<String, Double> values = new HashMap<>();
        private final Map<String, Distribution> histograms = new HashMap<>();

        @Override
        public void value(Metric metric, double value, String... labelValues) {
            assertThat(labelValues).hasSameSizeAs(metric.labels());
            assertThat(values.put(key(metric, labelValues), value)).isNull();
        }

        @Override
        public void histogram(Metric metric, Distribution distribution, String... labelValues) {
            assertThat(histograms.put(key(metric, labelValues), distribution)).isNull();
        }

        private static String key(Metric metric, String... labelValues) {
            return metric.name() + " " + String.join(" ", labelValues);
        }
    }

    @AfterEach
    void close() {
        loops.close();
    }

    private static Registry.File file(Map<String, ServiceSettings> services) {
        return new Registry.File(services, List.of(), HeadLimits.DEFAULT, Duration.ZERO);
    }

    private TrafficMetrics route(String name) {
        Registry.Update update = registry.prepare(file(Map.of()));
        TrafficMetrics metrics = update.routeMetrics(name);
        update.commit();
        return metrics;
    }

    private void collect() {
        new TrafficSource(registry).collect(told);
    }

    @Test
    void routeIsSummedOverLoopsAndUnusedOnesAreLeftOut() {
        TrafficMetrics used = route("/a");
        route("/unused");
        used.on(0).started();
        used.on(0).ended(204, 1000);
        used.on(0).bytes(10, 20);
        used.on(1).started();
        used.on(1).ended(200, 1000);
        used.on(1).started();
        collect();

        assertThat(told.values)
                .containsEntry("carve_requests_total /a 2xx", 2.0)
                .containsEntry("carve_requests_in_flight /a", 1.0)
                .containsEntry("carve_request_bytes_total /a received", 10.0)
                .containsEntry("carve_request_bytes_total /a sent", 20.0);
        assertThat(told.values.keySet()).noneMatch(key -> key.contains("/unused"));
    }

    @Test
    void failuresNameRouteServiceAndFinalCode() {
        TrafficMetrics.PerLoop route = route("/a").on(0);
        route.failed("users", Kind.CONNECT_REFUSED);
        route.failed("users", Kind.CONNECT_REFUSED);
        route.failed("monolith", Kind.RESPONSE_TIMEOUT);
        route.failed("", Kind.BODY_TOO_LARGE);
        route("/a").on(1).failed("users", Kind.CONNECT_REFUSED);
        collect();

        assertThat(told.values)
                .containsEntry("carve_failures_total /a users connect_refused", 3.0)
                .containsEntry("carve_failures_total /a monolith response_timeout", 1.0)
                .containsEntry("carve_failures_total /a  body_too_large", 1.0);
    }

    @Test
    void servicesOfOneRouteBeyondTheBoundShareACount() {
        TrafficMetrics.PerLoop route = route("/a").on(0);
        for (int i = 0; i < 20; i++) {
            route.failed("s" + i, Kind.CONNECT_REFUSED);
        }
        collect();

        assertThat(told.values)
                .containsEntry("carve_failures_total /a s15 connect_refused", 1.0)
                .containsEntry("carve_failures_total /a (other) connect_refused", 4.0)
                .doesNotContainKey("carve_failures_total /a s16 connect_refused");
    }

    @Test
    void bucketsAreExactAtTheirBounds() {
        TrafficMetrics.PerLoop route = route("/a").on(0);
        route.ended(200, TimeUnit.MICROSECONDS.toNanos(63));
        route.ended(200, TimeUnit.MICROSECONDS.toNanos(65));
        route.ended(200, TimeUnit.MICROSECONDS.toNanos(1L << 26) - 1);
        route.ended(200, TimeUnit.HOURS.toNanos(1));
        collect();

        Distribution told =
                Objects.requireNonNull(
                        this.told.histograms.get("carve_request_duration_seconds /a"));
        assertThat(told.upperBounds()).hasSize(21).startsWith(6.4e-5).endsWith(67.108864);
        assertThat(told.counts()[0]).isEqualTo(1);
        assertThat(told.counts()[1]).isEqualTo(1);
        assertThat(told.counts()[20]).isEqualTo(1);
        assertThat(told.counts()[21]).isEqualTo(1);
        assertThat(told.sum()).isBetween(3667.0, 3668.0);
    }
}
