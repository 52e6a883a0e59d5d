package dev.carve.gateway.protect;

import dev.carve.runtime.Share;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one service ended lately, and how long its answers took: counted per event loop,
 * summed by control into a window that slides by buckets.
 *
 * <p>Implementation notes: a loop only ever adds to its own counters, and nobody sets them back.
 * Control sums all loops into running totals and keeps the totals as they were at the start of each
 * bucket; the window is the totals less the oldest of these. Whoever must not see what happened
 * before a moment of its own takes a {@link Mark}; since totals only grow, what lies in the window
 * and after the mark is the totals less the larger of both, counter by counter. The number of calls
 * is the sum of the outcomes, not a counter beside them, so that no reader sees a failure whose
 * call is not counted yet.
 *
 * <p>Latencies lie in buckets of microseconds, four to each doubling, so that a quantile read back
 * is within a fifth. A window takes about 1 KiB for each loop and each bucket.
 *
 * <p>Threads: each {@link PerLoop} is written by its loop without barriers; all else is control's.
 */
public final class Window {

    /**
     * How the window slides.
     *
     * @param bucket how far it slides at once, 10ms to 1m
     * @param buckets how many of these it covers, 1 to 60
     */
    public record Rule(Duration bucket, int buckets) {

        /** Ten seconds, by seconds. */
        public static final Rule DEFAULT = new Rule(Duration.ofSeconds(1), 10);

        public Rule {
            Ranges.check("window.bucket", bucket, Duration.ofMillis(10), Duration.ofMinutes(1));
            Ranges.check("window.buckets", buckets, 1, 60);
        }
    }

    /** The time of an answer that came while the client was still sending. */
    public static final long NO_LATENCY = Long.MIN_VALUE;

    /** Nothing is slow. */
    public static final long NEVER_SLOW = Long.MAX_VALUE;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SUB_BITS = 2;
    private static final int SUB = 1 << SUB_BITS;
    private static final long MAX_MICROS = 1L << 26;
    private static final long NANOS_PER_MICRO = 1_000;

    // The slots of one array of counters: outcomes, latency buckets, the sum of latencies.
    private static final int LATENCY = Outcome.COUNT;
    private static final int LATENCY_BUCKETS = bucketOf(MAX_MICROS) + 1;
    private static final int LATENCY_NANOS = LATENCY + LATENCY_BUCKETS;
    private static final int SLOTS = LATENCY_NANOS + 1;
    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final Mark NO_MARK = new Mark(new long[SLOTS]);

    private final AtomicReferenceArray<@Nullable PerLoop> loops;
    private final PerLoop checks = new PerLoop(this);
    private final long bucketNanos;

    // Written by control, read by any.
    private volatile long slowNanos = NEVER_SLOW;

    // Control only.
    private final long[][] starts;
    private long[] totals = new long[SLOTS];
    private long[] spare = new long[SLOTS];
    private int current;
    private long bucketStart;

    /** The totals at some moment. Immutable. */
    public static final class Mark {
        private final long[] counts;

        private Mark(long[] counts) {
            this.counts = counts;
        }
    }

    /** One event loop's counters. */
    public static final class PerLoop {
        private final Window window;
        private final long[] counts = new long[SLOTS];

        private PerLoop(Window window) {
            this.window = window;
        }

        /**
         * An attempt ended. Owning loop only.
         *
         * @param nanos from its start to the answer's head, less the time that the client took to
         *     send the body, or {@link #NO_LATENCY}; only that of an answer which is no error is
         *     kept
         */
        public void record(Outcome outcome, long nanos) {
            counts[window.judge(outcome, nanos).ordinal()]++;
            if (outcome.hasLatency() && nanos != NO_LATENCY) {
                latency(nanos);
            }
        }

        /**
         * An attempt was given up because another was faster. It counts as no call, but its time
         * enters the latencies as the least it would have taken: a quantile over the winners alone
         * would sink with every hedge and ask for more of them. Owning loop only.
         */
        public void gaveUp(long nanos) {
            latency(nanos);
        }

        private void latency(long nanos) {
            long positive = Math.max(0, nanos);
            counts[LATENCY + bucketOf(Math.min(MAX_MICROS, positive / NANOS_PER_MICRO))]++;
            counts[LATENCY_NANOS] += positive;
        }
    }

    /**
     * Makes an empty window.
     *
     * @param loops how many event loops count
     */
    public Window(Rule rule, int loops, long nowNanos) {
        this.loops = new AtomicReferenceArray<>(loops);
        bucketNanos = rule.bucket().toNanos();
        starts = new long[rule.buckets()][SLOTS];
        bucketStart = nowNanos;
    }

    /** The counters of the loop with this number; that loop only. */
    public PerLoop on(int loop) {
        PerLoop part = loops.getPlain(loop);
        return part == null ? make(loop) : part;
    }

    private PerLoop make(int loop) {
        PerLoop part = new PerLoop(this);
        loops.set(loop, part);
        return part;
    }

    /** A health check of the service ended; control only. A check's time is no latency. */
    public void checked(boolean passed) {
        Outcome outcome = passed ? Outcome.CHECK_PASSED : Outcome.CHECK_FAILED;
        checks.counts[outcome.ordinal()]++;
    }

    /** From which time on an answer is slow, {@link #NEVER_SLOW} for none; control. */
    public void slowAfter(long nanos) {
        slowNanos = nanos;
    }

    /** The outcome with slow answers told apart. */
    Outcome judge(Outcome outcome, long nanos) {
        boolean unchosen = outcome == Outcome.ANSWERED || outcome == Outcome.ERROR_STATUS;
        return unchosen && nanos >= slowNanos ? Outcome.SLOW : outcome;
    }

    /** Sums up what the loops counted and slides to this moment; control, every 100 ms. */
    public void turn(long nowNanos) {
        long[] sums = spare;
        System.arraycopy(checks.counts, 0, sums, 0, SLOTS);
        for (int i = 0; i < loops.length(); i++) {
            PerLoop part = loops.get(i);
            if (part != null) {
                addAll(part.counts, sums);
            }
        }
        slide(nowNanos);
        spare = totals;
        totals = sums;
    }

    /** What was counted since the last turn belongs to the bucket that begins now, if one does. */
    private void slide(long nowNanos) {
        long passed = (nowNanos - bucketStart) / bucketNanos;
        if (passed <= 0) {
            return;
        }
        bucketStart += passed * bucketNanos;
        for (long i = Math.min(passed, starts.length); i > 0; i--) {
            current = current + 1 == starts.length ? 0 : current + 1;
            System.arraycopy(totals, 0, starts[current], 0, SLOTS);
        }
    }

    private static void addAll(long[] from, long[] to) {
        for (int i = 0; i < SLOTS; i++) {
            to[i] += (long) SLOT.getOpaque(from, i);
        }
    }

    /** This moment, for later questions about what came after it; control. */
    public Mark mark() {
        return new Mark(totals.clone());
    }

    /** Attempts in the window that ended like that; control. */
    public long count(Outcome outcome) {
        return count(outcome, NO_MARK);
    }

    /** Attempts in the window and after the mark that ended like that; control. */
    public long count(Outcome outcome, Mark since) {
        return in(outcome.ordinal(), since);
    }

    /** Attempts in the window that say something about the service; control. */
    public long calls() {
        return calls(NO_MARK);
    }

    /** Attempts in the window and after the mark that say something about the service; control. */
    public long calls(Mark since) {
        long calls = 0;
        for (Outcome each : OUTCOMES) {
            if (each.isOfCall()) {
                calls += count(each, since);
            }
        }
        return calls;
    }

    /** Health checks in the window and after the mark; control. */
    public long checks(Mark since) {
        return count(Outcome.CHECK_PASSED, since) + count(Outcome.CHECK_FAILED, since);
    }

    /** Latencies in the window; control. */
    public long latencies() {
        return latencies(NO_MARK);
    }

    /** Latencies in the window and after the mark; control. */
    public long latencies(Mark since) {
        long count = 0;
        for (int i = LATENCY; i < LATENCY_NANOS; i++) {
            count += in(i, since);
        }
        return count;
    }

    /** The mean latency in the window and after the mark, 0 if there is none; control. */
    public long meanNanos(Mark since) {
        long count = latencies(since);
        return count == 0 ? 0 : in(LATENCY_NANOS, since) / count;
    }

    /**
     * The latency that this share of the answers in the window stayed below, 0 if none; control.
     */
    public long quantileNanos(Share share) {
        double wanted = latencies() * share.fraction();
        long seen = 0;
        for (int i = 0; i < LATENCY_BUCKETS; i++) {
            long here = in(LATENCY + i, NO_MARK);
            if (here > 0 && seen + here >= wanted) {
                long lower = lowerMicros(i);
                double part = (wanted - seen) / here;
                double micros = lower + part * (lowerMicros(i + 1) - lower);
                return (long) (micros * NANOS_PER_MICRO);
            }
            seen += here;
        }
        return 0;
    }

    private long in(int slot, Mark since) {
        int oldest = current + 1 == starts.length ? 0 : current + 1;
        return totals[slot] - Math.max(starts[oldest][slot], since.counts[slot]);
    }

    private static int bucketOf(long micros) {
        if (micros < SUB) {
            return (int) micros;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - SUB_BITS;
        return ((shift + 1) << SUB_BITS) + (int) (micros >>> shift) - SUB;
    }

    private static long lowerMicros(int bucket) {
        if (bucket < SUB) {
            return bucket;
        }
        int shift = (bucket >>> SUB_BITS) - 1;
        return (long) ((bucket & (SUB - 1)) + SUB) << shift;
    }
}
