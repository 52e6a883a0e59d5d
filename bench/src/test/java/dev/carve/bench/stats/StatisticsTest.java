package dev.carve.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {

    @Test
    void medianOfOddAndEvenNumbersOfValues() {
        assertThat(Medians.median(new double[] {3, 1, 2})).isEqualTo(2);
        assertThat(Medians.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
        assertThatThrownBy(() -> Medians.median(new double[0]))
                .hasMessageContaining("expected at least one");
    }

    @Test
    void sevenValuesNeedTheirWholeRangeFor95Percent() {
        Interval interval = Interval.ofMedian(new double[] {7, 6, 5, 4, 3, 2, 1});

        // 1 - 2/128; one step further in would be 1 - 16/128, too little.
        assertThat(interval.low()).isEqualTo(1);
        assertThat(interval.high()).isEqualTo(7);
        assertThat(interval.coverage()).isCloseTo(1 - 2 / 128.0, within(1e-12));
    }

    @Test
    void nineValuesLeaveOutTheExtremes() {
        Interval interval = Interval.ofMedian(new double[] {9, 8, 7, 6, 5, 4, 3, 2, 1});

        // 1 - 2 (1 + 9) / 512 = 96.1 %
        assertThat(interval.low()).isEqualTo(2);
        assertThat(interval.high()).isEqualTo(8);
        assertThat(interval.coverage()).isCloseTo(1 - 20 / 512.0, within(1e-12));
    }

    @Test
    void fewValuesAdmitTheirLowCoverage() {
        assertThat(Interval.ofMedian(new double[] {1}).coverage()).isZero();
        assertThat(Interval.ofMedian(new double[] {1, 2, 3}).coverage())
                .isCloseTo(0.75, within(1e-12));
    }

    @Test
    void ratiosArePairedByRoundSoThatACommonDriftCancels() {
        double[] slow = {20, 40, 80, 20, 40, 80, 20};
        double[] fast = {10, 20, 40, 10, 20, 40, 10};

        Paired paired = Paired.of(slow, fast);

        assertThat(paired.median()).isEqualTo(2);
        assertThat(paired.interval().low()).isEqualTo(2);
        assertThat(paired.interval().high()).isEqualTo(2);
    }

    @Test
    void aPairWithoutAPositiveValueIsRefused() {
        assertThatThrownBy(() -> Paired.of(new double[] {1, 1}, new double[] {1, 0}))
                .hasMessageContaining("round 1");
        assertThatThrownBy(() -> Paired.of(new double[] {1}, new double[] {1, 1}))
                .hasMessageContaining("one pair per round");
    }

    @Test
    void spreadIsTheWidestReachOfTheTwinsInEitherDirection() {
        Paired below = paired(0.95, 1.01);
        Paired above = paired(0.99, 1.02);

        Spread spread = Spread.of(List.of(above, below));

        assertThat(spread.factor()).isCloseTo(1 / 0.95, within(1e-12));
        assertThat(spread.covers(1.05)).isTrue();
        assertThat(spread.covers(0.951)).isTrue();
        assertThat(spread.covers(1.06)).isFalse();
        assertThat(spread.covers(0.94)).isFalse();
    }

    private static Paired paired(double low, double high) {
        return new Paired((low + high) / 2, new Interval(low, high, 0.98), 7);
    }
}
