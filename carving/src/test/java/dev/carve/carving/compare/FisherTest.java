package dev.carve.carving.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FisherTest {

    private static Fisher.Counts counts(long hits, long size, long otherHits, long otherSize) {
        return new Fisher.Counts(hits, size, otherHits, otherSize);
    }

    @Test
    void knowsTheLadyTastingTea() {
        // Three of four cups right: 17 of 70 ways (Fisher, The Design of Experiments, 1935).
        assertThat(Fisher.atLeast(counts(3, 4, 1, 4), 1)).isCloseTo(17 / 70.0, within(1e-12));
        assertThat(Fisher.atLeast(counts(4, 4, 0, 4), 1)).isCloseTo(1 / 70.0, within(1e-12));
        assertThat(Fisher.atMost(counts(1, 4, 3, 4), 1)).isCloseTo(17 / 70.0, within(1e-12));
    }

    @Test
    void agreesWithSumsOfBinomials() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            int size = 1 + random.nextInt(60);
            int otherSize = 1 + random.nextInt(60);
            Fisher.Counts counts =
                    counts(
                            random.nextInt(size + 1),
                            size,
                            random.nextInt(otherSize + 1),
                            otherSize);
            int odds = 1 + random.nextInt(4);
            assertThat(Fisher.atLeast(counts, odds))
                    .as("seed %d: %s, odds %d", seed, counts, odds)
                    .isCloseTo(summed(counts, odds, true), within(1e-12));
            assertThat(Fisher.atMost(counts, odds))
                    .as("seed %d: %s, odds %d", seed, counts, odds)
                    .isCloseTo(summed(counts, odds, false), within(1e-12));
        }
    }

    private static double summed(Fisher.Counts counts, int odds, boolean upwards) {
        long all = counts.hits() + counts.otherHits();
        BigInteger part = BigInteger.ZERO;
        BigInteger whole = BigInteger.ZERO;
        for (long x = 0; x <= all; x++) {
            BigInteger term =
                    choose(counts.size(), x)
                            .multiply(choose(counts.otherSize(), all - x))
                            .multiply(BigInteger.valueOf(odds).pow((int) x));
            whole = whole.add(term);
            if (upwards ? x >= counts.hits() : x <= counts.hits()) {
                part = part.add(term);
            }
        }
        return new BigDecimal(part)
                .divide(new BigDecimal(whole), MathContext.DECIMAL64)
                .doubleValue();
    }

    private static BigInteger choose(long n, long k) {
        if (k > n) {
            return BigInteger.ZERO;
        }
        BigInteger ways = BigInteger.ONE;
        for (long i = 1; i <= k; i++) {
            ways = ways.multiply(BigInteger.valueOf(n - k + i)).divide(BigInteger.valueOf(i));
        }
        return ways;
    }

    @Test
    void standsLargeAndExtremeCounts() {
        assertThat(Fisher.atLeast(counts(1_000_000, 1_000_000, 0, 1_000_000), 1))
                .isBetween(0.0, 1e-50);
        assertThat(Fisher.atMost(counts(1_000_000, 1_000_000, 0, 1_000_000), 1)).isEqualTo(1);
        assertThat(Fisher.atLeast(counts(0, 1_000_000, 500_000, 1_000_000), 1)).isEqualTo(1);
        assertThat(Fisher.atLeast(counts(0, 0, 0, 0), 1)).isEqualTo(1);
        assertThat(Fisher.atLeast(counts(500_000, 1_000_000, 500_000, 1_000_000), 1))
                .isCloseTo(0.5, within(1e-3));
    }

    @Test
    void refusesCountsThatCanNotBe() {
        assertThatThrownBy(() -> counts(3, 2, 0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no counts: 3 of 2, 0 of 1");
    }
}
