package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopTimeoutsTest {

    private static final long TICK = 1L << 23;

    private final AtomicInteger fired = new AtomicInteger();

    private Timeout counting() {
        return new Timeout() {
            @Override
            void expired(long nowNanos) {
                fired.incrementAndGet();
            }
        };
    }

    /** So many at {@code everyNanos}; how many fire in one turn after {@code passed}. */
    private int firedInOneTurn(int count, long everyNanos, Duration passed) {
        try (TurnedLoop turned = new TurnedLoop(Transport.NIO)) {
            Loop loop = turned.loop();
            return turned.on(() -> {
                for (int i = 0; i < count; i++) {
                    loop.setTimeout(counting(), loop.now() + 1 + i * everyNanos);
                }
                turned.pass(passed);
                loop.fireTimers();
                return fired.get();
            });
        }
    }

    @Test
    void ofManyThatAreDueTogetherOneFiresInATurn() {
        assertThat(firedInOneTurn(5, 0, Duration.ofMillis(20))).isOne();
    }

    @Test
    void allFireThatAreLate() {
        assertThat(firedInOneTurn(5, 0, Duration.ofMillis(100))).isEqualTo(5);
    }

    @Test
    void aFewInEachTickAreNotOwedMoreAndMore() {
        assertThat(firedInOneTurn(20, TICK, Duration.ofMillis(300))).isEqualTo(20);
    }
}
