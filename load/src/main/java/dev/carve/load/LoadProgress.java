package dev.carve.load;

import java.time.Duration;

/**
 * How a run stands.
 *
 * @param elapsed since the start
 * @param lasting how long requests are sent
 * @param sent since the start
 * @param errors since the start
 * @param outstanding requests without an answer now
 * @param second the latest second alone
 */
public record LoadProgress(
        Duration elapsed,
        Duration lasting,
        long sent,
        long errors,
        long outstanding,
        LatestSecond second) {

    /**
     * The time since the progress before.
     *
     * @param answersPerSecond right or not
     * @param medianNanos of right answers; 0 without any
     * @param p99Nanos of right answers; 0 without any
     */
    public record LatestSecond(double answersPerSecond, long medianNanos, long p99Nanos) {}
}
