package dev.carve.runtime.metrics;

/**
 * A histogram at one moment. The arrays are the caller's and not written to afterwards.
 *
 * @param upperBounds of the buckets, rising, in the metric's unit; the last bucket, which has none,
 *     is not among them
 * @param counts of each bucket by itself, one more than there are bounds
 * @param sum of all values, in the metric's unit
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on at once, never compared.
public record Distribution(double[] upperBounds, long[] counts, double sum) {

    public Distribution {
        if (counts.length != upperBounds.length + 1) {
            throw new IllegalArgumentException(
                    "%d bounds with %d counts (expected: one count more than bounds)"
                            .formatted(upperBounds.length, counts.length));
        }
    }
}
