package dev.carve.bench.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClopperPearsonTest {

    @Test
    void boundsAreThoseOfTheTables() {
        assertThat(ClopperPearson.upper95(0, 10_000))
                .isCloseTo(1 - Math.pow(0.05, 1e-4), within(1e-9));
        assertThat(ClopperPearson.upper95(0, 10)).isCloseTo(0.2589, within(1e-4));
        assertThat(ClopperPearson.upper95(1, 10)).isCloseTo(0.3942, within(1e-4));
        assertThat(ClopperPearson.upper95(10, 10)).isEqualTo(1);
    }

    @Test
    void moreSeenIsAHigherBound() {
        for (int seen = 1; seen < 100; seen++) {
            assertThat(ClopperPearson.upper95(seen, 10_000))
                    .isGreaterThan(ClopperPearson.upper95(seen - 1, 10_000))
                    .isGreaterThan(seen / 10_000.0);
        }
    }
}
