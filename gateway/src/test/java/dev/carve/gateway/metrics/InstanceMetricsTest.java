package dev.carve.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InstanceMetricsTest {

    private final InstanceMetrics metrics = new InstanceMetrics(3);

    private void answer(int loop, int times, long micros) {
        for (int i = 0; i < times; i++) {
            metrics.on(loop).answered(200, TimeUnit.MICROSECONDS.toNanos(micros));
        }
    }

    private long quantileMicros(double share) {
        return InstanceMetrics.quantileMicros(metrics.totals().heads, share);
    }

    @Test
    void whatLoopsCountIsSummed() {
        metrics.on(0).answered(200, 1000);
        metrics.on(0).answered(404, 1000);
        metrics.on(2).answered(503, 1000);
        metrics.on(2).failed();
        metrics.on(2).brokeOff();
        InstanceMetrics.Totals totals = metrics.totals();
        assertThat(totals.ended).isEqualTo(4);
        assertThat(totals.errors).as("5xx and no answer").isEqualTo(2);
        assertThat(totals.failures).as("no answer, or not all of it").isEqualTo(2);
    }

    @Test
    void aQuantileIsAtMostAQuarterTooHigh() {
        for (long micros : new long[] {0, 1, 7, 8, 63, 64, 1_000, 12_345, 999_999, 60_000_000}) {
            InstanceMetrics one = new InstanceMetrics(1);
            one.on(0).answered(200, TimeUnit.MICROSECONDS.toNanos(micros));
            long told = InstanceMetrics.quantileMicros(one.totals().heads, 0.95);
            assertThat(told).as("of %d us", micros).isBetween(micros, micros + micros / 4 + 2);
        }
    }

    @Test
    void quantilesTellTheFastFromTheSlow() {
        answer(0, 60, 1_000);
        answer(1, 34, 1_000);
        answer(1, 6, 500_000);
        assertThat(quantileMicros(0.5)).isBetween(1_000L, 1_250L);
        assertThat(quantileMicros(0.94)).isBetween(1_000L, 1_250L);
        assertThat(quantileMicros(0.95)).isBetween(500_000L, 625_000L);
    }

    @Test
    void hoursCountAsTheLongestAndNothingAsNothing() {
        assertThat(quantileMicros(0.5)).isZero();
        answer(0, 1, TimeUnit.HOURS.toMicros(3));
        metrics.on(0).answered(200, -1);
        assertThat(quantileMicros(1)).isBetween(67_000_000L, 84_000_000L);
    }
}
