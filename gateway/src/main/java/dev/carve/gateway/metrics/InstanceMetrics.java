package dev.carve.gateway.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of one instance, by event loop: attempts at it, how they ended, and the time to
 * their answers' heads. A loop's part is made when that loop first counts something, takes less
 * than 1 KiB, and goes with its instance.
 *
 * <p>Threads: {@link #on} and what it answers by the loop of that number, reading by any.
 */
public final class InstanceMetrics {

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SERVER_ERROR = 500;

    /** Two buckets of a {@link Histogram} in one: there may be thousands of instances. */
    private static final int MERGED_BITS = 1;

    /** How many buckets there are, four to each doubling. */
    public static final int BUCKETS = ((Histogram.BUCKETS - 1) >> MERGED_BITS) + 1;

    private final AtomicReferenceArray<@Nullable PerLoop> loops;

    public InstanceMetrics(int loops) {
        this.loops = new AtomicReferenceArray<>(loops);
    }

    /** One loop's counts. */
    public static final class PerLoop {
        private final long[] heads = new long[BUCKETS];
        private long answered;
        private long serverErrors;
        private long failed;
        private long brokenOff;

        /**
         * An answer's head came.
         *
         * @param nanos that the instance took for it, negative where nobody knows
         */
        public void answered(int status, long nanos) {
            answered++;
            if (status >= SERVER_ERROR) {
                serverErrors++;
            }
            if (nanos >= 0) {
                heads[Histogram.bucketOf(nanos) >> MERGED_BITS]++;
            }
        }

        /** The instance gave no answer. */
        public void failed() {
            failed++;
        }

        /** An answer that had begun was not whole. */
        public void brokeOff() {
            brokenOff++;
        }
    }

    /** Sums over all loops at one moment. */
    public static final class Totals {
        /** See {@link #quantileMicros}. */
        public final long[] heads = new long[BUCKETS];

        /** Attempts that ended with an answer's head, or without for a reason of the instance. */
        public long ended;

        /** Those of them without an answer or with one of 5xx. */
        public long errors;

        /** Attempts without an answer, and answers that were not whole. */
        public long failures;
    }

    /** The part of the loop with this number; that loop only. */
    public PerLoop on(int loop) {
        PerLoop part = loops.getPlain(loop);
        return part == null ? make(loop) : part;
    }

    private PerLoop make(int loop) {
        PerLoop part = new PerLoop();
        loops.set(loop, part);
        return part;
    }

    public Totals totals() {
        Totals totals = new Totals();
        for (int i = 0; i < loops.length(); i++) {
            PerLoop part = loops.get(i);
            if (part != null) {
                add(part, totals);
            }
        }
        return totals;
    }

    private static void add(PerLoop part, Totals to) {
        for (int i = 0; i < BUCKETS; i++) {
            to.heads[i] += (long) SLOT.getOpaque(part.heads, i);
        }
        to.ended += part.answered + part.failed;
        to.errors += part.serverErrors + part.failed;
        to.failures += part.failed + part.brokenOff;
    }

    /**
     * The time to the head below which that share of all lies, at most a quarter too high; 0 if
     * there are none.
     */
    public static long quantileMicros(long[] heads, double share) {
        int bucket = Histogram.quantileBucket(heads, share);
        return bucket < 0 ? 0 : Histogram.upperMicros(lastMerged(bucket));
    }

    private static int lastMerged(int bucket) {
        return Math.min(Histogram.BUCKETS - 1, (bucket << MERGED_BITS) + (1 << MERGED_BITS) - 1);
    }
}
