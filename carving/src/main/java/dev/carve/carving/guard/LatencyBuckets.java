package dev.carve.carving.guard;

/**
 * Durations in buckets that widen with them: 32 to each doubling, so that a bucket is at most 1/32
 * wide of what lies in it. Up to 32 µs each microsecond has its own; from 67 s on all share one.
 *
 * <p>Stateless; any thread.
 */
final class LatencyBuckets {

    private static final int SUB_BITS = 5;
    private static final int SUB = 1 << SUB_BITS;
    private static final long MAX_MICROS = 1L << 26;
    private static final long NANOS_PER_MICRO = 1_000;

    /** How many there are. */
    static final int COUNT = bucketOf(MAX_MICROS * NANOS_PER_MICRO) + 1;

    private LatencyBuckets() {}

    static int bucketOf(long nanos) {
        long micros = Math.clamp(nanos / NANOS_PER_MICRO, 0, MAX_MICROS);
        if (micros < SUB) {
            return (int) micros;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - SUB_BITS;
        return ((shift + 1) << SUB_BITS) + (int) (micros >>> shift) - SUB;
    }

    /** The least duration in a bucket, in microseconds. */
    static long lowerMicros(int bucket) {
        if (bucket < SUB) {
            return bucket;
        }
        int shift = (bucket >>> SUB_BITS) - 1;
        return (long) ((bucket & (SUB - 1)) + SUB) << shift;
    }

    /**
     * The first bucket that begins at or above {@code ratio} times the beginning of another: what
     * lies in it or above is at least that much longer. {@link #COUNT} if there is none.
     *
     * @param ratio 1 or more
     */
    static int scaled(int bucket, double ratio) {
        double least = lowerMicros(bucket) * ratio;
        int scaled = Math.max(bucket, bucketOf(((long) least) * NANOS_PER_MICRO));
        // One further, or two where rounding fell on the wrong side.
        while (scaled < COUNT && lowerMicros(scaled) < least) {
            scaled++;
        }
        return scaled;
    }
}
