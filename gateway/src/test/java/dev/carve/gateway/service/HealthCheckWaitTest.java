package dev.carve.gateway.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.settings.HealthSettings;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How far apart the checks of one instance are. */
class HealthCheckWaitTest {

    private static final Duration EVERY = Duration.ofSeconds(10);

    private static HealthSettings settings(double jitter) {
        return new HealthSettings(
                "/up",
                "GET",
                Map.of(),
                EVERY,
                new Share(jitter),
                Duration.ofSeconds(1),
                2,
                3,
                List.of(),
                Optional.empty());
    }

    @Test
    void theyAreSpreadOverTheWholeJitterAndNoFurther() {
        RandomGenerator random = new SplittableRandom(11);
        HealthSettings settings = settings(0.2);
        LongSummaryStatistics waits =
                LongStream.generate(() -> HealthCheck.waitNanos(settings, random))
                        .limit(10_000)
                        .summaryStatistics();
        assertThat(Duration.ofNanos(waits.getMin()))
                .isBetween(Duration.ofSeconds(8), Duration.ofMillis(8_100));
        assertThat(Duration.ofNanos(waits.getMax()))
                .isBetween(Duration.ofMillis(11_900), Duration.ofSeconds(12));
        assertThat(waits.getAverage() / EVERY.toNanos()).isBetween(0.99, 1.01);
    }

    @Test
    void withoutJitterTheyAreEven() {
        RandomGenerator random = new SplittableRandom(11);
        for (int i = 0; i < 100; i++) {
            assertThat(HealthCheck.waitNanos(settings(0), random)).isEqualTo(EVERY.toNanos());
        }
    }
}
