package dev.carve.gateway.balance;

import java.util.Arrays;

/**
 * Weights laid end to end: each member owns a stretch as long as its weight, and a point on the
 * line tells whose it is. Found by a guide table (Chen and Asau, 1974): a point's high bits give
 * the few members among which it can be, mostly one. Where many small weights crowd under one entry
 * they are halved like any sorted list, so that no point takes more than a dozen steps.
 *
 * <p>Immutable; any thread.
 */
final class Line {

    /** Beyond this weights are scaled down: two points' product must fit a long. */
    private static final long LENGTH_MAX = 1L << 30;

    private final int[] ends;
    private final int[] guide;
    private final int shift;
    private final boolean even;

    /**
     * @param weights one for each member, each at least 1
     */
    Line(int[] weights) {
        int[] reduced = reduce(weights);
        int count = reduced.length;
        ends = new int[count];
        int end = 0;
        for (int i = 0; i < count; i++) {
            end += reduced[i];
            ends[i] = end;
        }
        even = end == count;
        int step = 0;
        while ((end - 1) >>> step >= 2 * count) {
            step++;
        }
        shift = step;
        guide = new int[((end - 1) >>> step) + 2];
        for (int i = 0, entry = 0; entry < guide.length; entry++) {
            while (i < count - 1 && ends[i] <= (long) entry << step) {
                i++;
            }
            guide[entry] = i;
        }
    }

    private static int[] reduce(int[] weights) {
        long sum = 0;
        int divisor = 0;
        for (int each : weights) {
            if (each < 1) {
                throw new IllegalArgumentException("weight: " + each + " (expected: at least 1)");
            }
            sum += each;
            divisor = greatestCommonDivisor(each, divisor);
        }
        int[] reduced = new int[weights.length];
        long total = sum / divisor;
        for (int i = 0; i < weights.length; i++) {
            int weight = weights[i] / divisor;
            reduced[i] =
                    total <= LENGTH_MAX
                            ? weight
                            : (int) Math.max(1, weight * (LENGTH_MAX - weights.length) / total);
        }
        return reduced;
    }

    private static int greatestCommonDivisor(int one, int other) {
        int a = one;
        int b = other;
        while (b != 0) {
            int rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }

    /** Its points are from 0 to this, exclusive. */
    int length() {
        return ends[ends.length - 1];
    }

    /** Whether all weights are equal, and with it every stretch one point long. */
    boolean isEven() {
        return even;
    }

    /** Where a member's stretch starts. */
    int start(int member) {
        return member == 0 ? 0 : ends[member - 1];
    }

    /** How long it is. */
    int weight(int member) {
        return ends[member] - start(member);
    }

    /** Whose stretch a point lies in. */
    int at(int point) {
        if (even) {
            return point;
        }
        int entry = point >>> shift;
        int low = guide[entry];
        int high = guide[entry + 1];
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] <= point) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public String toString() {
        return "Line" + Arrays.toString(ends);
    }
}
