package dev.carve.gateway.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConsistentHashTest {

    private static final int KEYS = 200_000;

    private static long key(int number) {
        byte[] bytes = ("user-" + number).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return KeyHash.of(bytes, 0, bytes.length);
    }

    private static Picker equal(Stand[] members) {
        return new ConsistentHash(members, Stand.ones(members.length), members.length);
    }

    private static int pick(Picker picker, long key) {
        return picker.pick(key, 0, Picker.NONE);
    }

    @Test
    void keysAreSharedOutByWeight() {
        int[] weights = {1, 2, 3, 4, 10};
        Picker picker = new ConsistentHash(Stand.many(5), weights, 5);
        double[] counts = new double[5];
        for (int i = 0; i < KEYS; i++) {
            counts[pick(picker, key(i))]++;
        }
        // 1 % for the table and six deviations of the keys themselves.
        for (int i = 0; i < 5; i++) {
            double expected = KEYS * weights[i] / 20.0;
            double slack = 0.02 * expected + 6 * Math.sqrt(expected);
            assertThat(counts[i]).isBetween(expected - slack, expected + slack);
        }
    }

    @Test
    void whenOneOfManyGoesLittleMoreThanItsKeysMove() {
        for (int count : new int[] {3, 10, 100, 1000}) {
            Stand[] before = Stand.many(count);
            Stand[] after = Arrays.copyOf(before, count - 1);
            double moved = moved(before, after);
            assertThat(moved).isBetween(0.9 / count - 0.001, 1.0 / count + 0.02);
        }
    }

    @Test
    void whenOneComesLittleMoreThanItsKeysMove() {
        for (int count : new int[] {3, 10, 100}) {
            Stand[] after = Stand.many(count + 1);
            Stand[] before = Arrays.copyOfRange(after, 1, count + 1);
            assertThat(moved(before, after))
                    .isBetween(0.9 / (count + 1) - 0.001, 1.0 / (count + 1) + 0.02);
        }
    }

    private static double moved(Stand[] before, Stand[] after) {
        Picker old = equal(before);
        Picker now = equal(after);
        int moved = 0;
        for (int i = 0; i < KEYS; i++) {
            if (before[pick(old, key(i))] != after[pick(now, key(i))]) {
                moved++;
            }
        }
        return (double) moved / KEYS;
    }

    @Test
    void theOrderOfTheListMakesNoDifference() {
        Stand[] members = Stand.many(20);
        List<Stand> shuffled = Arrays.asList(members.clone());
        Collections.shuffle(shuffled, new Random(4));
        assertThat(moved(members, shuffled.toArray(new Stand[0]))).isZero();
    }

    @Test
    void keysOfAFullMemberGoToTheSameOthersEachTime() {
        Stand[] members = Stand.many(10);
        Picker picker = equal(members);
        members[4].max = 0;
        long[] counts = new long[10];
        for (int i = 0; i < KEYS; i++) {
            int first = pick(picker, key(i));
            assertThat(pick(picker, key(i))).isEqualTo(first).isNotEqualTo(4);
            counts[first]++;
        }
        // Spread over all, not heaped on one neighbour.
        for (int i = 0; i < 10; i++) {
            if (i != 4) {
                assertThat(counts[i]).isBetween(KEYS / 9L * 95 / 100, KEYS / 9L * 105 / 100);
            }
        }
    }

    @Test
    void requestsWithoutAKeyAreSpreadByWeight() {
        int[] weights = {1, 3};
        Picker picker = new ConsistentHash(Stand.many(2), weights, 2);
        Random random = new Random(5);
        double second = 0;
        for (int i = 0; i < KEYS; i++) {
            second += picker.pick(Picker.NO_KEY, random.nextLong(), Picker.NONE);
        }
        assertThat(second / KEYS).isBetween(0.74, 0.76);
    }

    @Test
    void aTableOfManyMembersIsFilled() {
        Picker picker = equal(Stand.many(3000));
        long[] counts = new long[3000];
        for (int i = 0; i < 10 * KEYS; i++) {
            counts[pick(picker, KeyHash.mix(i + 1L))]++;
        }
        assertThat(Arrays.stream(counts).min().orElseThrow()).isPositive();
    }

    @Test
    void keysOfAllLengthsHashDifferentlyAndNeverToNoKey() {
        byte[] zeros = new byte[64];
        long[] hashes = new long[65];
        Arrays.setAll(hashes, length -> KeyHash.of(zeros, 0, length));
        assertThat(Arrays.stream(hashes).distinct().count()).isEqualTo(65);
        assertThat(hashes).doesNotContain(Picker.NO_KEY);
    }

    @Test
    void everyBitOfAKeyReachesEveryBitOfItsHash() {
        byte[] bytes = new byte[24];
        long[] flips = new long[64];
        int samples = 0;
        Random random = new Random(6);
        for (int round = 0; round < 200; round++) {
            random.nextBytes(bytes);
            long hash = KeyHash.of(bytes, 0, bytes.length);
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                long changed = hash ^ KeyHash.of(bytes, 0, bytes.length);
                bytes[bit / 8] ^= (byte) (1 << bit % 8);
                for (int out = 0; out < 64; out++) {
                    flips[out] += changed >>> out & 1;
                }
                samples++;
            }
        }
        for (long each : flips) {
            assertThat((double) each / samples).isBetween(0.48, 0.52);
        }
    }
}
