package dev.carve.carving.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyBucketsTest {

    @Test
    void everyDurationLiesInItsBucketWhichIsNarrow() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 10_000; i++) {
            long micros = (long) Math.exp(random.nextDouble() * Math.log(67_000_000));
            int bucket = LatencyBuckets.bucketOf(micros * 1000);
            long lower = LatencyBuckets.lowerMicros(bucket);
            long upper = LatencyBuckets.lowerMicros(bucket + 1);
            assertThat(micros).as("bucket %d", bucket).isBetween(lower, upper - 1);
            assertThat(upper - lower).isLessThanOrEqualTo(Math.max(1, lower / 32));
        }
    }

    @Test
    void whatIsBeyondTheEndsCountsAtTheEnds() {
        assertThat(LatencyBuckets.bucketOf(-5)).isZero();
        assertThat(LatencyBuckets.bucketOf(Long.MAX_VALUE)).isEqualTo(LatencyBuckets.COUNT - 1);
    }

    @Test
    void scaledBucketIsTheFirstThatIsAtLeastSoMuchLonger() {
        for (int bucket = 1; bucket < LatencyBuckets.COUNT; bucket++) {
            int scaled = LatencyBuckets.scaled(bucket, 1.2);
            double least = LatencyBuckets.lowerMicros(bucket) * 1.2;
            if (scaled < LatencyBuckets.COUNT) {
                assertThat((double) LatencyBuckets.lowerMicros(scaled))
                        .isGreaterThanOrEqualTo(least);
            }
            assertThat((double) LatencyBuckets.lowerMicros(scaled - 1)).isLessThan(least);
        }
        assertThat(LatencyBuckets.scaled(40, 1)).isEqualTo(40);
    }
}
