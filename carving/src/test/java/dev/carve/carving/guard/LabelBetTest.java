package dev.carve.carving.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.carve.carving.guard.LabelBet.Sample;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LabelBetTest {

    private static final double ROUNDING = 1e-9;

    /** The expected growth of the stake, summed over everything that can come of a block. */
    private static double expected(
            LabelBet bet, int oldAll, int newAll, double oldShare, double newShare, double margin) {
        double sum = 0;
        for (int old = 0; old <= oldAll; old++) {
            for (int fresh = 0; fresh <= newAll; fresh++) {
                sum +=
                        probability(old, oldAll, oldShare)
                                * probability(fresh, newAll, newShare)
                                * Math.exp(bet.log(new Sample(old, oldAll, fresh, newAll), margin));
            }
        }
        return sum;
    }

    private static double probability(int hits, int all, double share) {
        double probability = 1;
        for (int i = 0; i < hits; i++) {
            probability *= (all - i) / (i + 1.0) * share;
        }
        return probability * Math.pow(1 - share, all - hits);
    }

    @Test
    void stakeDoesNotGrowWhileTheNewSideHitsNoMoreOften() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double margin = random.nextBoolean() ? 0 : random.nextDouble() * 0.2;
            double oldShare = random.nextDouble() * (1 - margin);
            double newShare = (oldShare + margin) * (1 - random.nextInt(2) * random.nextDouble());
            double low = random.nextDouble();
            LabelBet bet = LabelBet.on(low + random.nextDouble() * (1 - low), low);
            assertThat(
                            expected(
                                    bet,
                                    1 + random.nextInt(12),
                                    1 + random.nextInt(12),
                                    oldShare,
                                    newShare,
                                    margin))
                    .as(
                            "seed %d: %s, %s old, %s new, margin %s",
                            seed, bet, oldShare, newShare, margin)
                    .isLessThanOrEqualTo(1 + ROUNDING);
        }
    }

    @Test
    void stakeOnFewerHitsDoesNotGrowWhileTheNewSideHitsMarginMoreOften() {
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double margin = random.nextDouble() * 0.2;
            double oldShare = random.nextDouble() * (1 - margin);
            double least = oldShare + margin;
            double newShare = least + random.nextInt(2) * random.nextDouble() * (1 - least);
            double high = random.nextDouble();
            LabelBet bet = LabelBet.on(high * random.nextDouble(), high);
            assertThat(
                            expected(
                                    bet,
                                    1 + random.nextInt(12),
                                    1 + random.nextInt(12),
                                    oldShare,
                                    newShare,
                                    margin))
                    .as(
                            "seed %d: %s, %s old, %s new, margin %s",
                            seed, bet, oldShare, newShare, margin)
                    .isLessThanOrEqualTo(1 + ROUNDING);
        }
    }

    @Test
    void rightBetGrows() {
        LabelBet bet = LabelBet.on(0.4, 0.1);
        assertThat(expected(bet, 10, 10, 0.1, 0.4, 0)).isGreaterThan(2);
    }

    @Test
    void exchangingSidesAndBetChangesNothing() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 100; i++) {
            int oldAll = 1 + random.nextInt(50);
            int newAll = 1 + random.nextInt(50);
            int old = random.nextInt(oldAll + 1);
            int fresh = random.nextInt(newAll + 1);
            LabelBet bet = new LabelBet(0.1 + random.nextDouble() * 9, 0.1 + random.nextDouble());
            LabelBet exchanged = new LabelBet(1 / bet.hit(), 1 / bet.miss());
            assertThat(exchanged.log(new Sample(fresh, newAll, old, oldAll), 0))
                    .isCloseTo(
                            bet.log(new Sample(old, oldAll, fresh, newAll), 0), within(ROUNDING));
        }
    }

    @Test
    void moreHitsOfTheNewSideAreMoreEvidenceAndMoreOfTheOldSideLess() {
        LabelBet bet = LabelBet.on(0.3, 0.01);
        double before = Double.NEGATIVE_INFINITY;
        for (int hits = 0; hits <= 20; hits++) {
            double now = bet.log(new Sample(2, 40, hits, 20), 0.005);
            assertThat(now).isGreaterThan(before);
            assertThat(bet.log(new Sample(3, 40, hits, 20), 0.005)).isLessThan(now);
            before = now;
        }
    }

    @Test
    void oneSideAloneIsNoEvidence() {
        LabelBet bet = LabelBet.on(0.3, 0.01);
        assertThat(bet.log(new Sample(0, 0, 20, 20), 0.005)).isZero();
        assertThat(bet.log(new Sample(20, 20, 0, 0), 0.005)).isZero();
        assertThat(bet.log(new Sample(0, 0, 0, 0), 0.005)).isZero();
    }

    @Test
    void sharedOutageIsNoEvidence() {
        LabelBet bet = LabelBet.on(0.3, 0.01);
        assertThat(bet.log(new Sample(50, 50, 50, 50), 0.005)).isNegative();
    }

    @Test
    void probabilitiesAtTheirEndsStayNumbers() {
        for (double real : new double[] {0, 1}) {
            for (double said : new double[] {0, 1}) {
                double log = LabelBet.on(real, said).log(new Sample(1, 2, 1, 2), 0.1);
                assertThat(log).isFinite();
            }
        }
    }
}
