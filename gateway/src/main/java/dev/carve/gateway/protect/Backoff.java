package dev.carve.gateway.protect;

import java.time.Duration;

/**
 * How long to wait before the next attempt: a random time below a bound that doubles with each
 * attempt, "full jitter" (M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015),
 * at least what the service asked for with {@code Retry-After}, and never past the deadline.
 * Immutable, any thread.
 */
public final class Backoff {

    /**
     * The bounds of the wait.
     *
     * @param base bound before the first retry, 0s for none, to 10s
     * @param max to which the bound doubles, at least {@code base}, to 1m
     * @param retryAfterMax longest {@code Retry-After} that is waited for, 0s to 5m; a call whose
     *     service asks for more is not tried again
     */
    public record Rule(Duration base, Duration max, Duration retryAfterMax) {

        /** 25ms doubling to 1s; a {@code Retry-After} of up to 5s. */
        public static final Rule DEFAULT =
                new Rule(Duration.ofMillis(25), Duration.ofSeconds(1), Duration.ofSeconds(5));

        public Rule {
            Ranges.check("retries.backoff", base, Duration.ZERO, Duration.ofSeconds(10));
            Ranges.check("retries.backoff_max", max, base, Duration.ofMinutes(1));
            Ranges.check(
                    "retries.retry_after_max", retryAfterMax, Duration.ZERO, Duration.ofMinutes(5));
        }
    }

    /** The next attempt would come too late. */
    public static final long NEVER = -1;

    /** The service named no time. */
    public static final long NO_RETRY_AFTER = -1;

    private static final int DOUBLINGS_MAX = 32;

    private final long baseNanos;
    private final long maxNanos;
    private final long retryAfterMaxNanos;

    public Backoff(Rule rule) {
        baseNanos = rule.base().toNanos();
        maxNanos = rule.max().toNanos();
        retryAfterMaxNanos = rule.retryAfterMax().toNanos();
    }

    /**
     * The wait before the next attempt.
     *
     * @param attempts made so far, at least 1
     * @param leftNanos until the deadline, {@link Long#MAX_VALUE} if there is none
     * @param retryAfterNanos what {@link RetryAfter} read, or {@link #NO_RETRY_AFTER}
     * @param random any 31 bits
     * @return nanoseconds from 0, or {@link #NEVER}
     */
    public long nextNanos(int attempts, long leftNanos, long retryAfterNanos, int random) {
        if (retryAfterNanos > retryAfterMaxNanos) {
            return NEVER;
        }
        int doublings = Math.min(DOUBLINGS_MAX, Math.max(0, attempts - 1));
        double bound = Math.min((double) maxNanos, (double) baseNanos * (1L << doublings));
        long jitter = (long) (bound * ((random & Integer.MAX_VALUE) / 0x1p31));
        // The jitter comes on top of Retry-After, or all refused clients would return together.
        long wait = Math.max(0, retryAfterNanos) + jitter;
        return wait < leftNanos ? wait : NEVER;
    }
}
