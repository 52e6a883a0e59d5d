package dev.carve.gateway.metrics;

import dev.carve.runtime.Failure;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What is counted of one route or one service, by event loop. Lives across reloads under its name;
 * a loop's part is made when that loop first counts something.
 *
 * <p>Threads: {@link #on} and what it answers by the loop of that number, reading by any.
 */
public final class TrafficMetrics {

    private final AtomicReferenceArray<@Nullable PerLoop> loops;

    public TrafficMetrics(int loops) {
        this.loops = new AtomicReferenceArray<>(loops);
    }

    /** How many event loops count. */
    public int loops() {
        return loops.length();
    }

    /** One loop's counts. */
    public static final class PerLoop {
        private static final int CLASSES = 6;

        /** More services of one route than these are counted together. */
        private static final int SERVICES_MAX = 16;

        private static final String OTHER_SERVICE = "(other)";

        private final Histogram durations = new Histogram();
        private final long[] byClass = new long[CLASSES];
        private volatile FailureCounts[] failures = {};
        private long bytesReceived;
        private long bytesSent;
        private long retries;
        private long started;
        private long ended;

        public void started() {
            started++;
        }

        /** An exchange or call ended with a status, 0 if there was none. */
        public void ended(int status, long nanos) {
            ended++;
            byClass[Math.min(CLASSES - 1, Math.max(0, status / 100))]++;
            durations.record(nanos);
        }

        /**
         * It failed, and finally so.
         *
         * @param service that was to answer, empty if none was chosen
         */
        public void failed(String service, Failure.Kind kind) {
            for (FailureCounts each : failures) {
                if (each.service.equals(service)) {
                    each.add(kind);
                    return;
                }
            }
            failedFirst(service, kind);
        }

        private void failedFirst(String service, Failure.Kind kind) {
            FailureCounts[] known = failures;
            if (known.length >= SERVICES_MAX && !service.equals(OTHER_SERVICE)) {
                failed(OTHER_SERVICE, kind);
                return;
            }
            FailureCounts[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = new FailureCounts(service);
            more[known.length].add(kind);
            failures = more;
        }

        public void bytes(long received, long sent) {
            bytesReceived += received;
            bytesSent += sent;
        }

        public void retried() {
            retries++;
        }
    }

    /** Failures of one route at one service, by kind; one loop writes, any thread reads. */
    private static final class FailureCounts {
        private final String service;
        private final long[] byKind = new long[Failure.Kind.values().length];

        FailureCounts(String service) {
            this.service = service;
        }

        void add(Failure.Kind kind) {
            byKind[kind.ordinal()]++;
        }
    }

    /** Sums over all loops at one moment. */
    public static final class Totals {
        public final long[] durations = new long[Histogram.BUCKETS];
        public final long[] byClass = new long[PerLoop.CLASSES];

        /** By service, then by the ordinal of the kind. */
        public final SortedMap<String, long[]> failures = new TreeMap<>();

        public long durationMicros;
        public long bytesReceived;
        public long bytesSent;
        public long retries;
        public long inFlight;
        public long ended;
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

    /** Whether anything was counted yet. */
    public boolean isUsed() {
        for (int i = 0; i < loops.length(); i++) {
            if (loops.get(i) != null) {
                return true;
            }
        }
        return false;
    }

    /** How many exchanges or calls ended. */
    public long ended() {
        long ended = 0;
        for (int i = 0; i < loops.length(); i++) {
            PerLoop part = loops.get(i);
            ended += part == null ? 0 : part.ended;
        }
        return ended;
    }

    public Totals totals() {
        Totals totals = new Totals();
        addTo(totals);
        return totals;
    }

    /** Adds these counts to others. */
    public void addTo(Totals totals) {
        for (int i = 0; i < loops.length(); i++) {
            PerLoop part = loops.get(i);
            if (part == null) {
                continue;
            }
            totals.durationMicros += part.durations.addTo(totals.durations);
            addAll(part.byClass, totals.byClass);
            for (FailureCounts each : part.failures) {
                long[] sums =
                        totals.failures.computeIfAbsent(
                                each.service, _ -> new long[Failure.Kind.values().length]);
                addAll(each.byKind, sums);
            }
            totals.bytesReceived += part.bytesReceived;
            totals.bytesSent += part.bytesSent;
            totals.retries += part.retries;
            totals.inFlight += Math.max(0, part.started - part.ended);
            totals.ended += part.ended;
        }
    }

    private static void addAll(long[] from, long[] to) {
        for (int i = 0; i < from.length; i++) {
            to[i] += from[i];
        }
    }
}
