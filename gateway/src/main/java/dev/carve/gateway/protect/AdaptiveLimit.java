package dev.carve.gateway.protect;

import dev.carve.gateway.protect.Window.Mark;
import dev.carve.runtime.Share;

/**
 * Finds the number of permits of a {@link Limit} by the gradient of latency: while answers take no
 * longer than they use to, the limit grows a little; when they take longer, it shrinks in
 * proportion. After {@code Gradient2Limit} of Netflix's concurrency-limits, with two differences.
 * First, there a constant of four (the queue that is allowed to stand) is added at every step, also
 * while latency is too high; with a gradient of a half the limit then comes to rest at eight,
 * however low its floor. Here the term is the square root of the limit and is added only at rest,
 * that is at a gradient of one, so that an instance that can do one thing at a time is found out:
 * the floor is 1. Second, one step learns at most twice the usual latency: a few answers of a
 * hundred times it would become usual at once.
 *
 * <p>Known faults, the source's too. What is usual is a slow mean over all answers: an overload
 * that lasts minutes becomes usual, and the limit grows again; a service whose work became dearer
 * for good is throttled until then. Routes of very different cost behind one service look like a
 * gradient when their mix changes. Failures carry no latency, and neither do answers with 5xx,
 * which come fast where load is shed: a service that does nothing else is held by the limit as it
 * stands, and by its breaker. While less than half of the permits are in use nothing is learnt
 * about the limit, and it stays. The tolerance is a guess; a service whose latency scatters widely
 * needs a larger one.
 *
 * <p>Threads: control, but for the readers.
 */
public final class AdaptiveLimit {

    /**
     * How the limit moves.
     *
     * @param min permits, 1 to 1,000,000
     * @param max permits, at least {@code min}, to 1,000,000
     * @param tolerance how many times the usual latency is still at rest, 1 to 10
     * @param smoothing how much of the way a step goes, more than 0%
     * @param memory steps over which the usual latency is a mean, 10 to 100,000; a step is a turn
     * @param leastAnswers for one step, 1 to 100,000; until then turns are put together
     */
    public record Rule(
            int min, int max, double tolerance, Share smoothing, int memory, int leastAnswers) {

        /** 1 to 1,000, half as long again as usual, a fifth of the way, about a minute. */
        public static final Rule DEFAULT = new Rule(1, 1_000, 1.5, new Share(0.2), 600, 10);

        public Rule {
            Ranges.check("limit.adaptive.min", min, 1, 1_000_000);
            Ranges.check("limit.adaptive.max", max, min, 1_000_000);
            if (!(tolerance >= 1 && tolerance <= 10)) {
                throw new IllegalArgumentException(
                        "limit.adaptive.tolerance: " + tolerance + " (expected: 1 to 10)");
            }
            Ranges.positive("limit.adaptive.smoothing", smoothing);
            Ranges.check("limit.adaptive.memory", memory, 10, 100_000);
            Ranges.check("limit.adaptive.least_answers", leastAnswers, 1, 100_000);
        }
    }

    private static final double GRADIENT_MIN = 0.5;
    private static final int WARM_UP_STEPS = 10;

    private final Rule rule;
    private final Window window;
    private final Limit limit;

    // Written by control, read by any.
    private volatile long usualNanos;
    private volatile double gradient = 1;

    // Control only.
    private Mark mark;
    private double permits;
    private double usual;
    private int steps;

    /** Starts from the permits that the limit has, within its own bounds; control. */
    public AdaptiveLimit(Rule rule, Window window, Limit limit) {
        this.rule = rule;
        this.window = window;
        this.limit = limit;
        mark = window.mark();
        permits = Math.clamp(limit.permits(), rule.min(), rule.max());
        limit.resize((int) permits);
    }

    /** Makes a step if enough answers came since the last; control, after window and limit. */
    public void turn() {
        if (window.latencies(mark) < rule.leastAnswers()) {
            return;
        }
        double latest = (double) Math.max(1, window.meanNanos(mark));
        mark = window.mark();
        learn(latest);
        double now = Math.clamp(rule.tolerance() * usual / latest, GRADIENT_MIN, 1.0);
        gradient = now;
        usualNanos = (long) usual;
        if (limit.inFlight() + limit.waiting() < permits / 2) {
            return;
        }
        double queue = now < 1 ? 0 : Math.sqrt(permits);
        double step = rule.smoothing().fraction() * (permits * now + queue - permits);
        permits = Math.clamp(permits + step, rule.min(), rule.max());
        limit.resize((int) permits);
    }

    private void learn(double latest) {
        steps = Math.min(rule.memory(), steps + 1);
        double weight = steps <= WARM_UP_STEPS ? 1.0 / steps : 2.0 / (rule.memory() + 1);
        double learnt = steps <= WARM_UP_STEPS ? latest : Math.min(latest, 2 * usual);
        usual += weight * (learnt - usual);
        // The source's way back from a usual latency that an overload has made too long.
        if (usual > 2 * latest) {
            usual *= 0.95;
        }
    }

    /** The latency held to be usual, 0 until it is known; any thread. */
    public long usualNanos() {
        return usualNanos;
    }

    /** The gradient of the last step, 0.5 to 1; any thread. */
    public double gradient() {
        return gradient;
    }
}
