package dev.carve.gateway.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlowStartTest {

    @Test
    void weightGrowsFromATenthToAllOfIt() {
        assertThat(SlowStart.weight(3, 0, 100)).isEqualTo(300);
        assertThat(SlowStart.weight(3, 5, 100)).isEqualTo(300);
        assertThat(SlowStart.weight(3, 50, 100)).isEqualTo(1500);
        assertThat(SlowStart.weight(3, 100, 100)).isEqualTo(3000);
        assertThat(SlowStart.weight(3, Long.MAX_VALUE, 100)).isEqualTo(3000);
    }

    @Test
    void aWarmingMemberGetsItsPartOfTheRequests() {
        Stand[] members = Stand.many(3);
        int[] weights = {
            SlowStart.weight(1, 25, 100),
            SlowStart.weight(1, 100, 100),
            SlowStart.weight(1, 100, 100)
        };
        Picker picker = new RoundRobin(members, weights, new Turn());
        int[] counts = new int[3];
        for (int i = 0; i < 900; i++) {
            counts[picker.pick(Picker.NO_KEY, 0, Picker.NONE)]++;
        }
        assertThat(counts).containsExactly(100, 400, 400);
    }
}
