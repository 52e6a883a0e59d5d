package dev.carve.example.monolith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountTest {

    @ParameterizedTest
    @CsvSource({
        "0.0, 0",
        "0.0049, 0",
        "0.005, 1",
        "0.0149, 1",
        "0.5, 50",
        "0.9949, 99",
        "0.995, 100",
        "0.999999, 100"
    })
    void endsAreHalfAsWideAsTheOtherNumbers(double drawn, long number) {
        assertThat(new Count(always(drawn)).sum(1)).isEqualTo(number);
    }

    @Test
    void meanIsFiftyAndNotOnePercentLess() {
        assertThat(new Count(new Random(42)).sum(1_000_000) / 1e6).isCloseTo(50.0, within(0.25));
    }

    @Test
    void sumBeyondAnIntIsExact() {
        assertThat(new Count(always(0.999)).sum(30_000_000)).isEqualTo(3_000_000_000L);
    }

    /** A source that draws the same number each time. */
    private static RandomGenerator always(double drawn) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("only doubles are drawn");
            }

            @Override
            public double nextDouble() {
                return drawn;
            }
        };
    }
}
