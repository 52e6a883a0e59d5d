package dev.carve.gateway.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.runtime.Share;
import dev.carve.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {

    private static final double MILLI = Duration.ofMillis(1).toNanos();

    private final ManualClock clock = new ManualClock();
    private final Window window = new Window(Window.Rule.DEFAULT, 1, clock.nanos());

    private Limit limit(int permits) {
        return new Limit(new Limit.Rule(permits, 0, Duration.ofSeconds(1)), clock);
    }

    /**
     * A service with so many places and as many callers as there are permits: what does not find a
     * place waits, so that latency grows with the permits beyond the places.
     */
    private void saturated(Limit limit, AdaptiveLimit adaptive, int places, int millis, int steps) {
        for (int step = 0; step < steps; step++) {
            while (limit.tryAcquire()) {
                // Fills it up.
            }
            int used = limit.inFlight();
            double latency = millis * Math.max(1.0, (double) used / places);
            for (int i = 0; i < 20; i++) {
                window.on(0).record(Outcome.ANSWERED, (long) (latency * MILLI));
            }
            window.turn(clock.advance(Duration.ofMillis(100)).nanos());
            adaptive.turn();
            while (limit.inFlight() > 0) {
                limit.release();
            }
        }
    }

    @Test
    void itGrowsWhileLatencyIsAsUsual() {
        Limit limit = limit(4);
        AdaptiveLimit adaptive = new AdaptiveLimit(AdaptiveLimit.Rule.DEFAULT, window, limit);
        saturated(limit, adaptive, 1_000, 20, 300);
        assertThat(limit.permits()).isGreaterThan(200);
        assertThat(adaptive.gradient()).isEqualTo(1);
    }

    @Test
    void itComesToRestNearWhatTheServiceCanDo() {
        Limit limit = limit(4);
        AdaptiveLimit adaptive = new AdaptiveLimit(AdaptiveLimit.Rule.DEFAULT, window, limit);
        saturated(limit, adaptive, 50, 20, 150);
        assertThat(limit.permits()).isBetween(40, 120);
    }

    @Test
    void itShrinksWhenLatencyGrows() {
        Limit limit = limit(100);
        AdaptiveLimit adaptive = new AdaptiveLimit(AdaptiveLimit.Rule.DEFAULT, window, limit);
        saturated(limit, adaptive, 200, 20, 50);
        int before = limit.permits();
        saturated(limit, adaptive, 200, 200, 15);
        assertThat(limit.permits()).isLessThan(before / 3);
        assertThat(adaptive.gradient()).isLessThan(1);
    }

    /** The source's constant term keeps it from falling below eight. */
    @Test
    void itFindsItsFloorOfOneWhereLatencyStaysTooHigh() {
        Limit limit = limit(100);
        AdaptiveLimit adaptive = new AdaptiveLimit(AdaptiveLimit.Rule.DEFAULT, window, limit);
        saturated(limit, adaptive, 200, 10, 50);
        saturated(limit, adaptive, 1, 1_000, 60);
        assertThat(limit.permits()).isEqualTo(1);
    }

    @Test
    void itRecoversFromTheFloor() {
        Limit limit = limit(100);
        AdaptiveLimit adaptive = new AdaptiveLimit(AdaptiveLimit.Rule.DEFAULT, window, limit);
        saturated(limit, adaptive, 200, 10, 50);
        saturated(limit, adaptive, 1, 1_000, 60);
        saturated(limit, adaptive, 200, 10, 400);
        assertThat(limit.permits()).isGreaterThan(100);
    }

    @Test
    void nothingIsLearntWhileHalfOfItIsIdle() {
        Limit limit = limit(100);
        AdaptiveLimit adaptive = new AdaptiveLimit(AdaptiveLimit.Rule.DEFAULT, window, limit);
        for (int step = 0; step < 100; step++) {
            for (int i = 0; i < 20; i++) {
                window.on(0).record(Outcome.ANSWERED, (long) ((step < 50 ? 10 : 100) * MILLI));
            }
            window.turn(clock.advance(Duration.ofMillis(100)).nanos());
            adaptive.turn();
        }
        assertThat(limit.permits()).isEqualTo(100);
        assertThat(adaptive.usualNanos()).isPositive();
    }

    @Test
    void fewAnswersArePutTogetherToOneStep() {
        Limit limit = limit(100);
        AdaptiveLimit adaptive = new AdaptiveLimit(AdaptiveLimit.Rule.DEFAULT, window, limit);
        for (int step = 1; step <= 10; step++) {
            assertThat(adaptive.usualNanos()).as("step %d", step).isZero();
            window.on(0).record(Outcome.ANSWERED, (long) (10 * MILLI));
            window.turn(clock.advance(Duration.ofMillis(100)).nanos());
            adaptive.turn();
        }
        assertThat(adaptive.usualNanos()).isEqualTo((long) (10 * MILLI));
    }

    @Test
    void itStaysWithinItsBounds() {
        AdaptiveLimit.Rule rule = new AdaptiveLimit.Rule(5, 20, 1.5, new Share(0.2), 600, 10);
        Limit limit = limit(100);
        AdaptiveLimit adaptive = new AdaptiveLimit(rule, window, limit);
        assertThat(limit.permits()).isEqualTo(20);
        saturated(limit, adaptive, 1_000, 10, 100);
        assertThat(limit.permits()).isEqualTo(20);
        saturated(limit, adaptive, 1, 1_000, 60);
        assertThat(limit.permits()).isEqualTo(5);
    }

    @Test
    void aToleranceBelowOneIsRefused() {
        assertThatThrownBy(() -> new AdaptiveLimit.Rule(1, 10, 0.9, new Share(0.2), 600, 10))
                .hasMessage("limit.adaptive.tolerance: 0.9 (expected: 1 to 10)");
    }
}
