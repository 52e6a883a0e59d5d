package dev.carve.gateway.protect;

import dev.carve.runtime.Share;
import java.time.Duration;

/**
 * How long to wait for an answer before asking a second instance too: the live 95th percentile of
 * the service (J. Dean, L. A. Barroso, The Tail at Scale, CACM 2013: hedged requests sent after the
 * 95th percentile cost about 5% more load). Only for calls that may be repeated, which is the
 * caller's question, and only within a {@link RetryBudget} of its own.
 *
 * <p>Whoever hedges tells the window of the loser with {@link Window.PerLoop#gaveUp}, or the
 * percentile would sink with each hedge.
 *
 * <p>Threads: control turns it after the window, any thread reads.
 */
public final class HedgeDelay {

    /**
     * When to hedge.
     *
     * @param quantile of latencies after which a call counts as late, 50% to 99.9%
     * @param leastAnswers in the window before a quantile means anything, 10 to 1,000,000
     * @param min delay, 1ms to 1m
     * @param max delay, at least {@code min}, to 10m
     */
    public record Rule(Share quantile, int leastAnswers, Duration min, Duration max) {

        /** The 95th percentile of at least 100 answers, 5ms to 10s. */
        public static final Rule DEFAULT =
                new Rule(new Share(0.95), 100, Duration.ofMillis(5), Duration.ofSeconds(10));

        public Rule {
            if (quantile.fraction() < 0.5 || quantile.fraction() > 0.999) {
                throw new IllegalArgumentException(
                        "hedge.after: " + quantile + " (expected: 50% to 99.9%)");
            }
            Ranges.check("hedge.least_answers", leastAnswers, 10, 1_000_000);
            Ranges.check("hedge.min", min, Duration.ofMillis(1), Duration.ofMinutes(1));
            Ranges.check("hedge.max", max, min, Duration.ofMinutes(10));
        }
    }

    /** Too little is known: no hedge. */
    public static final long NEVER = Long.MAX_VALUE;

    private final Rule rule;
    private final Window window;

    // Written by control, read by any.
    private volatile long nanos = NEVER;

    public HedgeDelay(Rule rule, Window window) {
        this.rule = rule;
        this.window = window;
    }

    /** Looks at the window again; control. */
    public void turn() {
        if (window.latencies() < rule.leastAnswers()) {
            nanos = NEVER;
            return;
        }
        long late = window.quantileNanos(rule.quantile());
        nanos = Math.clamp(late, rule.min().toNanos(), rule.max().toNanos());
    }

    /** From the start of an attempt to its hedge, or {@link #NEVER}; any thread. */
    public long nanos() {
        return nanos;
    }
}
