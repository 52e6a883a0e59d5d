package dev.carve.carving.guard;

import dev.carve.carving.guard.Tally.Totals;
import java.time.Duration;

/**
 * What the old side did in the last minute or two: where thresholds lie and which bets are worth
 * making. A block is judged by what was known before it; a wrong reference costs power, never
 * validity. Where the old side is asked nothing it stays as it was last.
 *
 * <p>Implementation notes: a burst is a time in which the old side fails far more or answers far
 * slower than in those minutes. Five seconds of it would make the slowest twentieth of two minutes,
 * and a threshold at the 95th percentile useless for as long; so burst blocks are left out, unless
 * they last: then they are what is normal now. And bets made for calm would be blind in a burst; so
 * while it lasts its last two blocks say where the old side stands.
 *
 * <p>Control only.
 */
final class Reference {

    private static final long TURN_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long GENERATION_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long BURST_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long GENERATION_REQUESTS = 1_000;

    /** Below it, thresholds would be drawn from a handful. */
    private static final long LATENCIES_MIN = 200;

    // A share before anything is known: as if half an error had been seen in fifty requests.
    private static final double PRIOR_ERRORS = 0.5;
    private static final double PRIOR_REQUESTS = 50;

    // From where on some blocks differ from the minutes by more than chance.
    private static final long BURST_ERRORS = 5;
    private static final double BURST_ERRORS_FACTOR = 3;
    private static final long BURST_LATENCIES = 20;
    private static final double BURST_SLOWNESS = 0.4;
    private static final double BURST_CHANCE = 2;

    // Two generations, so that the interval never is a short one.
    private Totals older = new Totals();
    private Totals newer = new Totals();
    private Totals interval = new Totals();
    private Totals last = new Totals();
    private Totals recent = new Totals();
    private long newerNanos;
    private long turnedNanos;
    private long calmNanos;

    Reference(long nowNanos) {
        newerNanos = nowNanos;
        turnedNanos = nowNanos - TURN_NANOS;
        calmNanos = nowNanos;
    }

    /**
     * A block ended; says whether thresholds are to be set anew.
     *
     * @param block taken: added to later
     */
    boolean turn(Totals block, long nowNanos) {
        recent = last;
        recent.add(block);
        last = block;
        boolean burst = errorShare(block) > calmErrorShare() || slowness(block) > 1;
        if (!burst) {
            calmNanos = nowNanos;
        }
        if (!burst || nowNanos - calmNanos >= BURST_NANOS) {
            newer.add(block);
        }
        if (nowNanos - turnedNanos < TURN_NANOS) {
            return false;
        }
        turnedNanos = nowNanos;
        if (nowNanos - newerNanos >= GENERATION_NANOS
                && newer.requests(Side.OLD) >= GENERATION_REQUESTS) {
            older = newer;
            newer = new Totals();
            newerNanos = nowNanos;
        }
        interval = new Totals();
        interval.add(older);
        interval.add(newer);
        return true;
    }

    /** Whether there is enough of it to stand in for an old side that is not asked any more. */
    boolean standsAlone() {
        return interval.requests(Side.OLD) >= GENERATION_REQUESTS;
    }

    /** The share of errors to expect in the next block. */
    double errorShare() {
        return errorShare(recent);
    }

    private double errorShare(Totals now) {
        double calm = calmErrorShare();
        long errors = now.errors(Side.OLD);
        double share = errors / (double) Math.max(1, now.requests(Side.OLD));
        return errors >= BURST_ERRORS && share > BURST_ERRORS_FACTOR * calm ? share : calm;
    }

    private double calmErrorShare() {
        return (interval.errors(Side.OLD) + PRIOR_ERRORS)
                / (interval.requests(Side.OLD) + PRIOR_REQUESTS);
    }

    /**
     * How many times slower than in calm the next block's answers are to be expected; 1 in calm.
     */
    double slowness() {
        return slowness(recent);
    }

    private double slowness(Totals now) {
        if (now.above(Side.OLD, 0) < BURST_LATENCIES || !knowsLatency()) {
            return 1;
        }
        double calm = Math.max(1, LatencyBuckets.lowerMicros(bucketAbove(interval, 0.5)));
        double factor = LatencyBuckets.lowerMicros(bucketAbove(now, 0.5)) / calm;
        // The logarithm of a median of n strays by about 1 over the root of n.
        double chance = BURST_CHANCE / Math.sqrt((double) now.above(Side.OLD, 0));
        return Math.log(factor) > BURST_SLOWNESS + chance ? factor : 1;
    }

    boolean knowsLatency() {
        return interval.above(Side.OLD, 0) >= LATENCIES_MIN;
    }

    /** The first bucket that at most this share of latencies lies in or above. */
    int bucketAbove(double share) {
        return bucketAbove(interval, share);
    }

    private static int bucketAbove(Totals totals, double share) {
        double most = totals.above(Side.OLD, 0) * share;
        int low = 0;
        int high = LatencyBuckets.COUNT - 1;
        while (low < high) {
            int middle = (low + high) / 2;
            if (totals.above(Side.OLD, middle) > most) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The share of latencies in or above a bucket. */
    double shareAbove(int bucket) {
        return interval.above(Side.OLD, bucket) / (double) Math.max(1, interval.above(Side.OLD, 0));
    }
}
