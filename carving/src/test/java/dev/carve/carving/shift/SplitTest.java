package dev.carve.carving.shift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Share;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {

    private static final int KEYS = 200_000;
    private static final String ROUTE = "GET /users/{id}";

    private static Split shift(double share) {
        return Split.shift(ROUTE, new Share(share));
    }

    private static long count(Split split, LongStream keys) {
        return keys.filter(split::isNew).count();
    }

    /** Five standard deviations: one seed in two million fails. */
    private static double slack(double share, int keys) {
        return 5 * Math.sqrt(share * (1 - share) * keys);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0001, 0.01, 0.05, 0.25, 0.5, 0.999})
    void shareIsRightForRandomAndForConsecutiveKeys(double share) {
        double expected = share * KEYS;
        assertThat((double) count(shift(share), new SplittableRandom(7).longs(KEYS)))
                .isBetween(expected - slack(share, KEYS), expected + slack(share, KEYS));
        assertThat((double) count(shift(share), LongStream.range(0, KEYS)))
                .isBetween(expected - slack(share, KEYS), expected + slack(share, KEYS));
    }

    @Test
    void largerShareKeepsWhoeverASmallerOneHeld() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double small = random.nextDouble();
            double large = small + random.nextDouble() * (1 - small);
            Split before = shift(small);
            Split after = shift(large);
            assertThat(random.longs(2_000).filter(it -> before.isNew(it) && !after.isNew(it)))
                    .as("seed %d, %s to %s", seed, small, large)
                    .isEmpty();
        }
    }

    @Test
    void noShareHoldsNobodyAndTheWholeHoldsAll() {
        assertThat(count(shift(0), new SplittableRandom(1).longs(KEYS))).isZero();
        assertThat(count(shift(1), new SplittableRandom(1).longs(KEYS))).isEqualTo(KEYS);
    }

    @Test
    void oneTenThousandthMoreMovesAboutSoMany() {
        int keys = 2_000_000;
        long before = count(shift(0.05), LongStream.range(0, keys));
        long after = count(shift(0.0501), LongStream.range(0, keys));
        assertThat(after - before).isBetween(130L, 270L);
    }

    @Test
    void mirroredSampleIsIndependentOfWhoIsShifted() {
        Split shift = shift(0.25);
        Split mirror = Split.mirror(ROUTE, new Share(0.25));
        assertBothIndependent(shift, mirror);
    }

    @Test
    void routesDrawTheirUsersIndependently() {
        assertBothIndependent(shift(0.25), Split.shift("GET /orders/{id}", new Share(0.25)));
    }

    private static void assertBothIndependent(Split first, Split second) {
        double both = 0.25 * 0.25;
        long seen =
                LongStream.range(0, KEYS).filter(it -> first.isNew(it) && second.isNew(it)).count();
        assertThat((double) seen)
                .isBetween(both * KEYS - slack(both, KEYS), both * KEYS + slack(both, KEYS));
    }

    @Test
    void pointsStayWhereTheyAreFromVersionToVersion() {
        Split shift = shift(0.5);
        assertThat(LongStream.of(0, 1, 2, -1, Long.MAX_VALUE).map(shift::point))
                .containsExactly(302202697L, 1063213274L, 1756533045L, 326841104L, 1296282839L);
    }
}
