package dev.carve.gateway.protect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final long NONE = Backoff.NO_RETRY_AFTER;
    private static final long NO_DEADLINE = Long.MAX_VALUE;

    private final Backoff backoff = new Backoff(Backoff.Rule.DEFAULT);
    private final SplittableRandom random = new SplittableRandom(3);

    private static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    @ParameterizedTest
    @CsvSource({"1, 25", "2, 50", "3, 100", "6, 800", "7, 1000", "40, 1000", "2000000000, 1000"})
    void theWaitIsSpreadEvenlyBelowABoundThatDoubles(int attempts, long boundMillis) {
        long longest = 0;
        double sum = 0;
        for (int i = 0; i < 10_000; i++) {
            long wait = backoff.nextNanos(attempts, NO_DEADLINE, NONE, random.nextInt());
            longest = Math.max(longest, wait);
            sum += wait;
            assertThat(wait).isBetween(0L, millis(boundMillis));
        }
        double bound = millis(boundMillis);
        assertThat(longest / bound).isGreaterThan(0.99);
        assertThat(sum / 10_000 / bound).isBetween(0.48, 0.52);
    }

    @Test
    void aWaitPastTheDeadlineIsNoRetry() {
        assertThat(backoff.nextNanos(1, millis(10), NONE, Integer.MAX_VALUE))
                .isEqualTo(Backoff.NEVER);
        assertThat(backoff.nextNanos(1, millis(10), NONE, 0)).isZero();
        assertThat(backoff.nextNanos(1, 0, NONE, 0)).isEqualTo(Backoff.NEVER);
    }

    @Test
    void retryAfterIsTheLeastWait() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(backoff.nextNanos(2, NO_DEADLINE, millis(2_000), random.nextInt()))
                    .isBetween(millis(2_000), millis(2_050));
        }
    }

    @Test
    void aRetryAfterBeyondItsBoundIsNoRetry() {
        assertThat(backoff.nextNanos(1, NO_DEADLINE, millis(5_000), 0)).isEqualTo(millis(5_000));
        assertThat(backoff.nextNanos(1, NO_DEADLINE, millis(5_001), 0)).isEqualTo(Backoff.NEVER);
    }

    @Test
    void withoutABaseThereIsNoWait() {
        Backoff none = new Backoff(new Backoff.Rule(Duration.ZERO, Duration.ZERO, Duration.ZERO));
        assertThat(none.nextNanos(5, NO_DEADLINE, NONE, Integer.MAX_VALUE)).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "120 | 120",
                "0003 | 3",
                "86401 | 86400",
                "999999999999999999999999999999 | 86400",
                "Sat, 21 Nov 2026 10:00:30 GMT | 30",
                "Sat, 21 Nov 2026 09:59:59 GMT | 0",
                "Mon, 21 Nov 2095 10:00:00 GMT | 86400",
                "Saturday, 21-Nov-26 10:00:30 GMT | 30",
                "Sunday, 06-Nov-94 08:49:37 GMT | 0",
                "Sat Nov 21 10:00:30 2026 | 30",
                "Sun Nov  6 08:49:37 1994 | 0",
            })
    void secondsAndAllThreeDatesAreRead(String value, long seconds) {
        assertThat(RetryAfter.nanos(value, NOW)).isEqualTo(Duration.ofSeconds(seconds).toNanos());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "1.5",
                "5s",
                "soon",
                "Fri, 21 Nov 2026 10:00:30 GMT",
                "Sat, 21 Nov 2026 10:00:30 CET",
                "Sat, 31 Feb 2026 10:00:30 GMT",
                "1111111111111111111111111111111111111111111111",
            })
    void anythingElseIsNoTime(String value) {
        assertThat(RetryAfter.nanos(value, NOW)).isEqualTo(Backoff.NO_RETRY_AFTER);
    }
}
