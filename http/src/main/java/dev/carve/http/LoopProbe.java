package dev.carve.http;

import dev.carve.runtime.Clock;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How promptly one event loop does what is due. Every {@value #PERIOD_MILLIS} ms a task notes how
 * late it runs: the loop delay, what a time-out or a new request has to wait before the loop turns
 * to it. While a loop is stalled the periods it misses are noted one by one afterwards, so that a
 * stall weighs as much as the requests it held up; a stall under way is seen by whoever reads. The
 * longest turn is {@link LoopWork}'s and misses nothing between two periods.
 *
 * <p>Resolution: delays are sampled, 100 to a window of 10 s, so that the p99 is the second-longest
 * of them; below about a millisecond they show the timer's own coarseness. Turns are exact.
 *
 * <p>Threads: the loop writes, any thread reads.
 */
public final class LoopProbe {

    static final int PERIOD_MILLIS = 100;

    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
    private static final int WINDOW = 100;
    private static final int TURNS = 10;
    private static final int FIRST_BOUND = 6;
    private static final int LAST_BOUND = 26;

    /** Buckets of the delays since start: powers of two of microseconds, and the rest. */
    static final int BUCKETS = LAST_BOUND - FIRST_BOUND + 2;

    private final Loop loop;
    private final LoopWork work;
    private final Clock clock;

    // Written by the loop, read by any.
    private final AtomicLongArray delays = new AtomicLongArray(WINDOW);
    private final AtomicLongArray turns = new AtomicLongArray(TURNS);
    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private volatile long dueNanos;
    private volatile long sumNanos;

    // Event loop only.
    private int samples;

    LoopProbe(Loop loop, LoopWork work, Clock clock) {
        this.loop = loop;
        this.work = work;
        this.clock = clock;
    }

    /** Begins to measure; ends with the loop. */
    void start() {
        dueNanos = clock.nanos();
        loop.execute(() -> {
            dueNanos = clock.nanos() + PERIOD_NANOS;
            loop.netty()
                    .scheduleAtFixedRate(
                            this::sample, PERIOD_NANOS, PERIOD_NANOS, TimeUnit.NANOSECONDS);
        });
    }

    private void sample() {
        long due = dueNanos;
        long late = Math.max(0, clock.nanos() - due);
        long sum = sumNanos;
        delays.setOpaque(samples % WINDOW, late);
        int bucket = bucketOf(late);
        buckets.setOpaque(bucket, buckets.getPlain(bucket) + 1);
        sumNanos = sum + late;
        dueNanos = due + PERIOD_NANOS;
        samples++;
        int turnsPerSlot = WINDOW / TURNS;
        if (samples % turnsPerSlot == 0) {
            turns.setOpaque(samples / turnsPerSlot % TURNS, work.takeLongest());
        }
    }

    /** The loop's number. */
    public int number() {
        return loop.number();
    }

    /** The longest delay of the last 10 s, one under way included; any thread. */
    public long delayMaxNanos() {
        long max = underWay();
        for (int i = 0; i < WINDOW; i++) {
            max = Math.max(max, delays.getOpaque(i));
        }
        return max;
    }

    /** The delay that one of a hundred exceeded in the last 10 s; any thread. */
    public long delayP99Nanos() {
        long[] sorted = new long[WINDOW + 1];
        for (int i = 0; i < WINDOW; i++) {
            sorted[i] = delays.getOpaque(i);
        }
        sorted[WINDOW] = underWay();
        Arrays.sort(sorted);
        return sorted[WINDOW - 1];
    }

    /** The longest turn of the last 10 s, one under way included; any thread. */
    public long longestTaskNanos() {
        long max = work.longestNanos();
        for (int i = 0; i < TURNS; i++) {
            max = Math.max(max, turns.getOpaque(i));
        }
        return max;
    }

    private long underWay() {
        return Math.max(0, clock.nanos() - dueNanos);
    }

    /** Delays since start by bucket; see {@link #boundsSeconds}. */
    long[] delayCounts() {
        long[] counts = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = buckets.getOpaque(i);
        }
        return counts;
    }

    double delaySumSeconds() {
        return sumNanos / 1e9;
    }

    /** Upper bounds of all buckets but the last. */
    static double[] boundsSeconds() {
        double[] bounds = new double[BUCKETS - 1];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = (1L << (FIRST_BOUND + i)) / 1e6;
        }
        return bounds;
    }

    /** The first bucket whose bound is not below the delay. */
    static int bucketOf(long nanos) {
        long micros = (nanos + 999) / 1000;
        int power = micros <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(micros - 1);
        return Math.min(BUCKETS - 1, Math.max(0, power - FIRST_BOUND));
    }
}
