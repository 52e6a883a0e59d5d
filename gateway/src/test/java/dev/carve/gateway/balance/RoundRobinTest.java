package dev.carve.gateway.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundRobinTest {

    private static int pick(Picker picker) {
        return picker.pick(Picker.NO_KEY, 0, Picker.NONE);
    }

    @Test
    void equalWeightsTakeTurnsInTheOrderOfTheList() {
        Picker picker = new RoundRobin(Stand.many(3), new int[] {7, 7, 7}, new Turn());
        int[] picks = new int[7];
        Arrays.setAll(picks, _ -> pick(picker));
        assertThat(picks).containsExactly(0, 1, 2, 0, 1, 2, 0);
    }

    @Test
    void everyRoundGivesEachMemberExactlyItsWeight() {
        Random random = new Random(1);
        for (int members : new int[] {2, 3, 10, 1000}) {
            int[] weights = random.ints(members, 1, 101).toArray();
            weights[0] = 1; // else they might have a common divisor
            int round = Arrays.stream(weights).sum();
            Picker picker = new RoundRobin(Stand.many(members), weights, new Turn());
            for (int rounds = 1; rounds <= 3; rounds++) {
                int[] counts = new int[members];
                for (int i = 0; i < round; i++) {
                    counts[pick(picker)]++;
                }
                assertThat(counts).isEqualTo(weights);
            }
        }
    }

    @Test
    void turnsOfAMemberDoNotBunchUp() {
        // Within any stretch of picks each member has its share, two more or less: a written-out
        // list of runs, five times this one, then that one, would be off by far more.
        int[] weights = {50, 30, 15, 5};
        Picker picker = new RoundRobin(Stand.many(4), weights, new Turn());
        double[] counts = new double[4];
        for (int i = 1; i <= 1000; i++) {
            counts[pick(picker)]++;
            for (int member = 0; member < 4; member++) {
                assertThat(counts[member])
                        .isBetween(
                                i * weights[member] / 100.0 - 2, i * weights[member] / 100.0 + 2);
            }
        }
    }

    @Test
    void fullMembersAreLeftOutAndTheOneThatAllowsIsFound() {
        Stand[] members = Stand.many(1000);
        Picker picker = new RoundRobin(members, Stand.ones(1000), new Turn());
        for (Stand each : members) {
            each.max = 0;
        }
        assertThat(pick(picker)).isEqualTo(Picker.NONE);
        members[777].max = 1;
        assertThat(pick(picker)).isEqualTo(777);
    }

    @Test
    void theFailedMemberIsChosenAgainOnlyIfThereIsNoOther() {
        Stand[] members = Stand.many(2);
        Picker picker = new RoundRobin(members, new int[] {1000, 1}, new Turn());
        for (int i = 0; i < 100; i++) {
            assertThat(picker.pick(Picker.NO_KEY, 0, 0)).isEqualTo(1);
        }
        members[1].max = 0;
        assertThat(picker.pick(Picker.NO_KEY, 0, 0)).isEqualTo(0);
    }

    @Test
    void theTurnGoesOnFromThePickerBefore() {
        Turn turn = new Turn();
        Stand[] members = Stand.many(3);
        assertThat(pick(new RoundRobin(members, Stand.ones(3), turn))).isEqualTo(0);
        assertThat(pick(new RoundRobin(members, Stand.ones(3), turn))).isEqualTo(1);
    }

    @Test
    void hugeWeightsKeepTheirProportions() {
        int[] weights = new int[5000];
        Arrays.fill(weights, 1_000_000);
        weights[0] = 1;
        weights[1] = 2_000_001;
        Line line = new Line(weights);
        assertThat(line.length()).isLessThanOrEqualTo(1 << 30);
        assertThat(line.weight(0)).isEqualTo(1);
        assertThat((double) line.weight(1) / line.weight(2)).isBetween(1.9, 2.1);
    }

    @Test
    void everyPointLiesInItsMembersStretch() {
        Random random = new Random(2);
        for (int round = 0; round < 50; round++) {
            int[] weights = random.ints(1 + random.nextInt(300), 1, 4).toArray();
            weights[random.nextInt(weights.length)] = 1 + random.nextInt(10_000);
            Line line = new Line(weights);
            for (int point = 0; point < line.length(); point++) {
                int member = line.at(point);
                assertThat(point - line.start(member)).isBetween(0, line.weight(member) - 1);
            }
        }
    }

    @Test
    void noMemberAndNoWeightAreRefused() {
        assertThatThrownBy(() -> new RoundRobin(new Stand[0], new int[0], new Turn()))
                .hasMessageContaining("expected: at least one");
        assertThatThrownBy(() -> new RoundRobin(Stand.many(1), new int[] {0}, new Turn()))
                .hasMessageContaining("expected: at least 1");
    }
}
