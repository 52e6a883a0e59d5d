package dev.carve.gateway.protect;

import dev.carve.runtime.Share;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * How many extra attempts a service may get: a share of its live calls, and a few a second where
 * traffic is thin. Each call deposits the share, each retry takes one, and what is not used within
 * the window expires, so that quiet hours do not save up for a storm (Finagle's {@code
 * RetryBudget}; that a share of traffic, unlike a number of attempts, cannot multiply load:
 * Google's SRE book, chapter 21). Hedges have a budget of their own.
 *
 * <p>All that is ever taken is at most the share of all calls deposited plus the minimum for the
 * time passed and one second: a budget of 2% with no minimum adds at most 2% load, whatever fails.
 *
 * <p>Implementation notes: a deposit is a plain count of the loop's own; control turns the counts
 * into tokens every 100 ms. So a call costs no shared write, and a retry follows a call of the same
 * 100 ms only on what was deposited before.
 *
 * <p>Threads: {@link #deposit} by the loop of that number, {@link #withdraw} by any, {@link #turn}
 * by control.
 */
public final class RetryBudget {

    /**
     * How large it is.
     *
     * @param share of live calls, 0% for the minimum alone
     * @param minPerSecond retries a second whatever the traffic, 0 to 1,000,000
     * @param window within which a deposit must be used, 1s to 10m
     */
    public record Rule(Share share, int minPerSecond, Duration window) {

        /** 20% and 3 a second, within ten seconds. */
        public static final Rule DEFAULT = new Rule(new Share(0.2), 3, Duration.ofSeconds(10));

        public Rule {
            Ranges.check("retries.budget_min", minPerSecond, 0, 1_000_000);
            Ranges.check(
                    "retries.budget_window", window, Duration.ofSeconds(1), Duration.ofMinutes(10));
        }
    }

    /** Tokens are counted in millionths of a retry: shares down to 0.0001% are exact. */
    private static final long RETRY = 1_000_000;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final int PARTS = 10;

    /** A loop's count stands this far from the next loop's, two cache lines. */
    private static final int STRIDE = 16;

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final Rule rule;
    private final long[] deposits;
    private final PaddedLong tokens = new PaddedLong();
    private final PaddedLong refusals = new PaddedLong();

    // Control only.
    private final long[] credits = new long[PARTS];
    private int part;
    private long partStart;
    private long turned;
    private long counted;

    /** Holds the minimum of one second at first, so that the very first call can be retried. */
    public RetryBudget(Rule rule, int loops, long nowNanos) {
        this.rule = rule;
        deposits = new long[STRIDE * (loops + 1)];
        partStart = nowNanos;
        turned = nowNanos;
        credits[0] = rule.minPerSecond() * RETRY;
        tokens.set(credits[0]);
    }

    /** A call begins, its first attempt, not a retry; the loop with this number. */
    public void deposit(int loop) {
        int at = STRIDE * (loop + 1);
        COUNT.setOpaque(deposits, at, deposits[at] + 1);
    }

    /** Takes one retry; false if there is none left, and then nothing may be sent. Any thread. */
    public boolean withdraw() {
        while (true) {
            long now = tokens.get();
            if (now < RETRY) {
                refusals.addAndGet(1);
                return false;
            }
            if (tokens.compareAndSet(now, now - RETRY)) {
                return true;
            }
        }
    }

    /** Gives back what was withdrawn for an attempt that was not sent after all. Any thread. */
    public void giveBack() {
        tokens.addAndGet(RETRY);
    }

    /** Turns deposits into tokens and lets old ones expire; control, every 100 ms of traffic. */
    public void turn(long nowNanos) {
        expire(nowNanos);
        long calls = 0;
        for (int at = STRIDE; at < deposits.length; at += STRIDE) {
            calls += (long) COUNT.getOpaque(deposits, at);
        }
        // Who was not turned for longer had no calls: what that time alone would bring has expired.
        long passed = Math.min(nowNanos - turned, rule.window().toNanos());
        double seconds = passed / NANOS_PER_SECOND;
        double due = (calls - counted) * rule.share().fraction() + rule.minPerSecond() * seconds;
        turned = nowNanos;
        counted = calls;
        long credit = (long) (due * RETRY);
        credits[part] += credit;
        long most = 0;
        for (long each : credits) {
            most += each;
        }
        while (true) {
            long before = tokens.get();
            if (tokens.compareAndSet(before, Math.min(most, before + credit))) {
                return;
            }
        }
    }

    private void expire(long nowNanos) {
        long length = rule.window().toNanos() / PARTS;
        long passed = (nowNanos - partStart) / length;
        partStart += passed * length;
        for (long i = Math.min(PARTS, passed); i > 0; i--) {
            part = part + 1 == PARTS ? 0 : part + 1;
            credits[part] = 0;
        }
    }

    /** Retries that could be taken now; any thread. */
    public long left() {
        return tokens.get() / RETRY;
    }

    /** How often nothing was left; any thread. */
    public long refusals() {
        return refusals.get();
    }
}
