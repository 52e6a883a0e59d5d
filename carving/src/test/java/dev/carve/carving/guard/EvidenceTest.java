package dev.carve.carving.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EvidenceTest {

    @Test
    void stakeIsTheMeanOfItsBets() {
        Evidence evidence = Evidence.whole(2);
        evidence.add(0, Math.log(30));
        evidence.add(1, Math.log(10));
        assertThat(evidence.log()).isCloseTo(Math.log(20), within(1e-12));
        assertThat(evidence.reaches(19.9)).isTrue();
        assertThat(evidence.reaches(20.1)).isFalse();
    }

    @Test
    void lossesOfTheWholeStay() {
        Evidence evidence = Evidence.whole(1);
        evidence.add(0, -100);
        evidence.add(0, 50);
        assertThat(evidence.log()).isCloseTo(-50, within(1e-12));
    }

    @Test
    void restartingForgetsLosses() {
        Evidence evidence = Evidence.restarting(1);
        evidence.add(0, -100);
        evidence.add(0, 50);
        assertThat(evidence.log()).isCloseTo(50, within(1e-12));
    }

    @Test
    void beginsFromNothing() {
        Evidence evidence = Evidence.restarting(2);
        evidence.add(0, 50);
        evidence.begin();
        assertThat(evidence.log()).isCloseTo(0, within(1e-12));
    }

    @Test
    void stakesTooLargeForANumberStayComparable() {
        Evidence evidence = Evidence.whole(2);
        evidence.add(0, 5000);
        assertThat(evidence.reaches(1e300)).isTrue();
    }

    /** However often one looks: a true hypothesis lets the stake reach 20 in at most 1 of 20. */
    @Test
    void looksDoNotInflateFalseAlarms() {
        int reached = 0;
        int trials = 2000;
        LabelBet bet = LabelBet.on(0.2, 0.1);
        SplittableRandom random = new SplittableRandom(11);
        for (int trial = 0; trial < trials; trial++) {
            Evidence evidence = Evidence.whole(1);
            for (int look = 0; look < 300; look++) {
                // A common rate that jumps about: only its being common matters.
                double common = random.nextInt(10) == 0 ? 0.6 : 0.1;
                evidence.add(
                        0,
                        bet.log(
                                new LabelBet.Sample(
                                        hits(random, 8, common), 8, hits(random, 4, common), 4),
                                0));
                if (evidence.reaches(20)) {
                    reached++;
                    break;
                }
            }
        }
        assertThat(reached).isLessThan(trials / 20);
    }

    private static int hits(SplittableRandom random, int all, double share) {
        int hits = 0;
        for (int i = 0; i < all; i++) {
            hits += random.nextDouble() < share ? 1 : 0;
        }
        return hits;
    }
}
