package dev.carve.load;

import java.util.Arrays;
import java.util.EnumMap;
import org.HdrHistogram.Histogram;

/**
 * What one event loop counted since it was last taken over. Belongs to one thread at a time: to the
 * loop while it counts, to the control thread once handed over.
 */
final class Tally {

    static final long LATENCY_NANOS_MAX = 3_600_000_000_000L;
    private static final int EXAMPLE_CHARS_MAX = 120;

    long intended;
    long sent;
    long answered;
    long expected;
    long bytesIn;
    long bytesOut;
    long connectionsOpened;
    long strayConnections;
    // As of the hand-over, not a sum over time; summed over loops.
    long outstanding;
    final EnumMap<LoadError, LoadResult.Failures> errors = new EnumMap<>(LoadError.class);
    final long[] statuses = new long[600];
    final Histogram latency = histogram();
    final Histogram failed = histogram();
    final Histogram lateness = histogram();

    /** Nanoseconds up to an hour, three significant digits, half a microsecond at the finest. */
    static Histogram histogram() {
        return new Histogram(1000, LATENCY_NANOS_MAX, 3);
    }

    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, LATENCY_NANOS_MAX));
    }

    void error(LoadError kind, String example) {
        add(kind, new LoadResult.Failures(1, example));
    }

    private void add(LoadError kind, LoadResult.Failures more) {
        LoadResult.Failures before = errors.get(kind);
        if (before != null) {
            errors.put(
                    kind, new LoadResult.Failures(before.count() + more.count(), before.example()));
        } else if (more.example().length() > EXAMPLE_CHARS_MAX) {
            String cut = more.example().substring(0, EXAMPLE_CHARS_MAX - 3) + "...";
            errors.put(kind, new LoadResult.Failures(more.count(), cut));
        } else {
            errors.put(kind, more);
        }
    }

    long errorCount() {
        return errors.values().stream().mapToLong(LoadResult.Failures::count).sum();
    }

    void add(Tally other) {
        intended += other.intended;
        sent += other.sent;
        answered += other.answered;
        expected += other.expected;
        bytesIn += other.bytesIn;
        bytesOut += other.bytesOut;
        connectionsOpened += other.connectionsOpened;
        strayConnections += other.strayConnections;
        outstanding += other.outstanding;
        other.errors.forEach(this::add);
        for (int i = 0; i < statuses.length; i++) {
            statuses[i] += other.statuses[i];
        }
        latency.add(other.latency);
        failed.add(other.failed);
        lateness.add(other.lateness);
    }

    /** Back to nothing counted, so that the control thread can hand it in again. */
    void clear() {
        intended = 0;
        sent = 0;
        answered = 0;
        expected = 0;
        bytesIn = 0;
        bytesOut = 0;
        connectionsOpened = 0;
        strayConnections = 0;
        outstanding = 0;
        errors.clear();
        Arrays.fill(statuses, 0);
        latency.reset();
        failed.reset();
        lateness.reset();
    }
}
