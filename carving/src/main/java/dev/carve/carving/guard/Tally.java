package dev.carve.carving.guard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What both sides of one carve did, counted per event loop, and what comparing found, counted by
 * worker threads. Counters only grow; whoever wants an interval keeps the totals of its beginning.
 *
 * <p>About 11 KiB for each loop. Threads: each {@link PerLoop} is written by its loop without
 * barriers, {@link #compared} by any, all else is control's.
 */
public final class Tally {

    // The slots of one side: requests, errors, latency buckets.
    private static final int REQUESTS = 0;
    private static final int ERRORS = 1;
    private static final int LATENCY = 2;
    private static final int SIDE = LATENCY + LatencyBuckets.COUNT;
    private static final int SLOTS = 2 * SIDE;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    private final AtomicReferenceArray<@Nullable PerLoop> loops;
    private final LongAdder compared = new LongAdder();
    private final LongAdder mismatches = new LongAdder();

    /** Makes an empty one for so many event loops. */
    public Tally(int loops) {
        this.loops = new AtomicReferenceArray<>(loops);
    }

    /** One event loop's counters. */
    public static final class PerLoop {
        private final long[] counts = new long[SLOTS];

        private PerLoop() {}

        /**
         * A side's part in a request ended; owning loop only.
         *
         * @param nanos from sending the request to the answer's head
         */
        public void record(Side side, Ending ending, long nanos) {
            if (ending == Ending.IGNORED) {
                return;
            }
            int at = side == Side.OLD ? 0 : SIDE;
            if (ending.isTimed()) {
                counts[at + LATENCY + LatencyBuckets.bucketOf(nanos)]++;
            }
            if (ending.isError()) {
                counts[at + ERRORS]++;
            }
            counts[at + REQUESTS]++;
        }
    }

    /** The counters of the loop with this number; that loop only. */
    public PerLoop on(int loop) {
        PerLoop part = loops.getPlain(loop);
        return part == null ? make(loop) : part;
    }

    private PerLoop make(int loop) {
        PerLoop part = new PerLoop();
        loops.set(loop, part);
        return part;
    }

    /**
     * Two answers to one request were compared; any thread.
     *
     * @param mismatch whether they differ in what counts as a difference
     */
    public void compared(boolean mismatch) {
        // The share must not pass for larger than it is: what it is a share of comes first.
        compared.increment();
        if (mismatch) {
            mismatches.increment();
        }
    }

    /** All that was counted so far; control. */
    Totals totals() {
        Totals totals = new Totals();
        totals.mismatches = mismatches.sum();
        totals.compared = compared.sum();
        for (int i = 0; i < loops.length(); i++) {
            PerLoop part = loops.get(i);
            if (part != null) {
                for (int slot = 0; slot < SLOTS; slot++) {
                    totals.counts[slot] += (long) SLOT.getOpaque(part.counts, slot);
                }
            }
        }
        totals.stack();
        return totals;
    }

    /** Counts at a moment or of an interval. Control only. */
    static final class Totals {
        // A place of a bucket holds what lies in it or above it: only that is asked for.
        private final long[] counts = new long[SLOTS];
        private long compared;
        private long mismatches;

        private void stack() {
            for (int i = SLOTS - 2; i >= SIDE + LATENCY; i--) {
                counts[i] += counts[i + 1];
            }
            for (int i = SIDE - 2; i >= LATENCY; i--) {
                counts[i] += counts[i + 1];
            }
        }

        /** What came since an earlier moment. */
        Totals since(Totals before) {
            Totals difference = new Totals();
            for (int i = 0; i < SLOTS; i++) {
                difference.counts[i] = counts[i] - before.counts[i];
            }
            difference.compared = compared - before.compared;
            difference.mismatches = mismatches - before.mismatches;
            return difference;
        }

        /** Adds another interval's counts to these. */
        void add(Totals other) {
            for (int i = 0; i < SLOTS; i++) {
                counts[i] += other.counts[i];
            }
            compared += other.compared;
            mismatches += other.mismatches;
        }

        long requests(Side side) {
            return counts[at(side) + REQUESTS];
        }

        /** At most the requests, even if a loop was read between its two additions. */
        long errors(Side side) {
            return Math.min(counts[at(side) + ERRORS], requests(side));
        }

        long compared() {
            return compared;
        }

        long mismatches() {
            return Math.min(mismatches, compared);
        }

        /** How many latencies lie in a bucket or above it. */
        long above(Side side, int bucket) {
            return bucket >= LatencyBuckets.COUNT ? 0 : counts[at(side) + LATENCY + bucket];
        }

        /** The latency below which this share of all lies, 0 if there is none. */
        long quantileMicros(Side side, double share) {
            long all = above(side, 0);
            double wanted = all * share;
            for (int i = 0; i < LatencyBuckets.COUNT; i++) {
                long seen = all - above(side, i);
                long here = above(side, i) - above(side, i + 1);
                if (here > 0 && seen + here >= wanted) {
                    long lower = LatencyBuckets.lowerMicros(i);
                    double part = (wanted - seen) / here;
                    return lower + Math.round(part * (LatencyBuckets.lowerMicros(i + 1) - lower));
                }
            }
            return 0;
        }

        private static int at(Side side) {
            return side == Side.OLD ? 0 : SIDE;
        }
    }
}
