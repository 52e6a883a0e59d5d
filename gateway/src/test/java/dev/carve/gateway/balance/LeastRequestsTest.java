package dev.carve.gateway.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeastRequestsTest {

    private final Random random = new Random(3);

    private int pick(Picker picker) {
        return picker.pick(Picker.NO_KEY, random.nextLong(), Picker.NONE);
    }

    @Test
    void idleMembersGetRequestsByTheirWeights() {
        int[] weights = {1, 2, 3, 10, 4, 1, 1, 8};
        Picker picker = new LeastRequests(Stand.many(8), weights);
        long[] counts = new long[8];
        for (int i = 0; i < 1_000_000; i++) {
            counts[pick(picker)]++;
        }
        assertThat(ChiSquare.of(counts, weights)).isLessThan(ChiSquare.limit(8));
    }

    @Test
    void equalIdleMembersGetEqualShares() {
        Picker picker = new LeastRequests(Stand.many(1000), Stand.ones(1000));
        long[] counts = new long[1000];
        for (int i = 0; i < 1_000_000; i++) {
            counts[pick(picker)]++;
        }
        assertThat(ChiSquare.of(counts, Stand.ones(1000))).isLessThan(ChiSquare.limit(1000));
    }

    @Test
    void twoChoicesKeepTheBusiestNearTheMean() {
        // Requests that never end: one random choice would leave the busiest some 33 above the mean
        // of 100, two leave it ln ln n / ln 2 + O(1), which is 3 and a little here.
        Stand[] members = Stand.many(1000);
        Picker picker = new LeastRequests(members, Stand.ones(1000));
        for (int i = 0; i < 100_000; i++) {
            members[pick(picker)].inFlight++;
        }
        int busiest = Arrays.stream(members).mapToInt(Member::inFlight).max().orElseThrow();
        assertThat(busiest).isLessThanOrEqualTo(106);
    }

    @Test
    void loadIsComparedByWeight() {
        Stand[] members = Stand.many(4);
        int[] weights = {1, 2, 3, 10};
        Picker picker = new LeastRequests(members, weights);
        for (int i = 0; i < 16_000; i++) {
            members[pick(picker)].inFlight++;
        }
        for (int i = 0; i < 4; i++) {
            assertThat((double) members[i].inFlight)
                    .isBetween(980.0 * weights[i], 1020.0 * weights[i]);
        }
    }

    @Test
    void ofTwoTheBusierIsNeverChosen() {
        Stand[] members = Stand.many(2);
        members[0].inFlight = 1;
        Picker picker = new LeastRequests(members, Stand.ones(2));
        for (int i = 0; i < 1000; i++) {
            assertThat(pick(picker)).isEqualTo(1);
        }
    }

    @Test
    void fullAndFailedMembersAreLeftOut() {
        Stand[] members = Stand.many(3);
        Picker picker = new LeastRequests(members, Stand.ones(3));
        members[0].max = 0;
        for (int i = 0; i < 1000; i++) {
            assertThat(picker.pick(Picker.NO_KEY, random.nextLong(), 1)).isEqualTo(2);
        }
        members[2].max = 0;
        assertThat(picker.pick(Picker.NO_KEY, random.nextLong(), 1)).isEqualTo(1);
        members[1].max = 0;
        assertThat(pick(picker)).isEqualTo(Picker.NONE);
    }

    @Test
    void aSingleMemberIsChosen() {
        assertThat(pick(new LeastRequests(Stand.many(1), Stand.ones(1)))).isEqualTo(0);
    }
}
