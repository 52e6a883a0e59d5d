package dev.carve.gateway.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Durations of one event loop in buckets of growing width: eight to each doubling, so that a value
 * read back is at most an eighth too high. Unit: microseconds. About 1.8 KiB.
 *
 * <p>Written by one event loop without barriers, read by any thread a little late.
 */
public final class Histogram {

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SUB_BITS = 3;
    private static final int SUB = 1 << SUB_BITS;

    /** Longer durations count as this, about 67 seconds, in a bucket of their own: the last. */
    private static final long MAX_MICROS = 1L << 26;

    /** How many buckets there are. */
    public static final int BUCKETS = bucketOfMicros(MAX_MICROS) + 1;

    private final long[] counts = new long[BUCKETS];
    private long sumMicros;

    /** Owning loop only. */
    public void record(long nanos) {
        counts[bucketOf(nanos)]++;
        sumMicros += Math.max(0, nanos / 1000);
    }

    /** The bucket that a duration counts in. */
    static int bucketOf(long nanos) {
        return bucketOfMicros(Math.clamp(nanos / 1000, 0, MAX_MICROS));
    }

    /** Adds the counts to {@code sums}, which has {@link #BUCKETS} places; answers the sum. */
    public long addTo(long[] sums) {
        for (int i = 0; i < BUCKETS; i++) {
            sums[i] += (long) SLOT.getOpaque(counts, i);
        }
        return sumMicros;
    }

    private static int bucketOfMicros(long micros) {
        if (micros < SUB) {
            return (int) micros;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - SUB_BITS;
        return ((shift + 1) << SUB_BITS) + (int) (micros >>> shift) - SUB;
    }

    /** The smallest value in microseconds that lies above a bucket. */
    public static long upperMicros(int bucket) {
        if (bucket < SUB) {
            return bucket + 1L;
        }
        int shift = (bucket >>> SUB_BITS) - 1;
        return (long) ((bucket & (SUB - 1)) + SUB + 1) << shift;
    }

    /** The value below which the given share of all counts lies, in microseconds; 0 if empty. */
    public static long quantileMicros(long[] sums, double share) {
        int bucket = quantileBucket(sums, share);
        return bucket < 0 ? 0 : upperMicros(bucket);
    }

    /** The first bucket up to which the given share of all counts lies; negative if empty. */
    static int quantileBucket(long[] sums, double share) {
        long total = 0;
        for (long count : sums) {
            total += count;
        }
        long wanted = (long) Math.ceil(total * share);
        long seen = 0;
        for (int i = 0; i < sums.length; i++) {
            seen += sums[i];
            if (seen >= wanted && total > 0) {
                return i;
            }
        }
        return -1;
    }
}
