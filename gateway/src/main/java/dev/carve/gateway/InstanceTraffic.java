package dev.carve.gateway;

import dev.carve.gateway.metrics.InstanceMetrics;
import dev.carve.gateway.metrics.InstanceMetrics.Totals;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was counted of one instance since it is there, and lately. Immutable.
 *
 * @param ended attempts at it that ended: with an answer's head, or without for a reason of its
 *     own; retries, hedges and copies are attempts too
 * @param errors of those, the ones without an answer or with a status of 5xx
 * @param failures attempts without an answer, and answers that broke off
 * @param p50 time to the answer's head, at most a quarter too high
 * @param recent over the time that was asked for
 */
record InstanceTraffic(
        long ended,
        long errors,
        long failures,
        Duration p50,
        Duration p95,
        Optional<Recent> recent) {

    /** The same of a short time that has just passed. */
    record Recent(
            long ended,
            double perSecond,
            double errorShare,
            long failures,
            Duration p50,
            Duration p95) {}

    /**
     * @param before the earlier counts of the same; null for none
     * @param seconds between the two
     */
    static InstanceTraffic of(Totals now, @Nullable Totals before, double seconds) {
        return new InstanceTraffic(
                now.ended,
                now.errors,
                now.failures,
                quantile(now.heads, 0.5),
                quantile(now.heads, 0.95),
                Optional.ofNullable(before).map(earlier -> recent(now, earlier, seconds)));
    }

    private static Recent recent(Totals now, Totals before, double seconds) {
        long[] heads = new long[now.heads.length];
        for (int i = 0; i < heads.length; i++) {
            heads[i] = rise(now.heads[i], before.heads[i]);
        }
        long ended = rise(now.ended, before.ended);
        long errors = rise(now.errors, before.errors);
        return new Recent(
                ended,
                seconds > 0 ? ended / seconds : 0,
                ended > 0 ? Math.min(1, (double) errors / ended) : 0,
                rise(now.failures, before.failures),
                quantile(heads, 0.5),
                quantile(heads, 0.95));
    }

    /** Loops write while others read. */
    private static long rise(long now, long before) {
        return Math.max(0, now - before);
    }

    private static Duration quantile(long[] heads, double share) {
        return Duration.ofNanos(InstanceMetrics.quantileMicros(heads, share) * 1000);
    }
}
