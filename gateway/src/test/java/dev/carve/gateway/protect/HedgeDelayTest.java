package dev.carve.gateway.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.runtime.Share;
import dev.carve.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HedgeDelayTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private final ManualClock clock = new ManualClock();
    private final Window window = new Window(Window.Rule.DEFAULT, 1, clock.nanos());
    private final HedgeDelay delay = new HedgeDelay(HedgeDelay.Rule.DEFAULT, window);

    private void turn() {
        window.turn(clock.advance(Duration.ofMillis(100)).nanos());
        delay.turn();
    }

    private void answers(int count, long millis) {
        for (int i = 0; i < count; i++) {
            window.on(0).record(Outcome.ANSWERED, millis * MILLI);
        }
    }

    @Test
    void nothingIsHedgedUntilEnoughIsKnown() {
        answers(99, 20);
        turn();
        assertThat(delay.nanos()).isEqualTo(HedgeDelay.NEVER);
        answers(1, 20);
        turn();
        assertThat(delay.nanos()).isBetween(16 * MILLI, 24 * MILLI);
    }

    @Test
    void itFollowsTheQuantileAndForgets() {
        answers(940, 20);
        answers(60, 400);
        turn();
        assertThat(delay.nanos()).isBetween(320 * MILLI, 480 * MILLI);
        clock.advance(Duration.ofSeconds(20));
        turn();
        assertThat(delay.nanos()).isEqualTo(HedgeDelay.NEVER);
    }

    @Test
    void itStaysWithinItsBounds() {
        answers(1_000, 0);
        turn();
        assertThat(delay.nanos()).isEqualTo(5 * MILLI);
        answers(100_000, 60_000);
        turn();
        assertThat(delay.nanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void failuresDoNotMakeItShorter() {
        answers(200, 100);
        for (int i = 0; i < 10_000; i++) {
            window.on(0).record(Outcome.CONNECT_FAILED, MILLI);
        }
        turn();
        assertThat(delay.nanos()).isGreaterThan(80 * MILLI);
    }

    @Test
    void aQuantileOutsideItsRangeIsRefused() {
        assertThatThrownBy(() ->
                        new HedgeDelay.Rule(
                                new Share(0.4), 100, Duration.ofMillis(5), Duration.ofSeconds(1)))
                .hasMessage("hedge.after: 40% (expected: 50% to 99.9%)");
    }
}
