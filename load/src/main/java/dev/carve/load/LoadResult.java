package dev.carve.load;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.HdrHistogram.Histogram;

/**
 * What came of a run.
 *
 * @param title what ran
 * @param counts how many
 * @param errors by kind, only kinds that happened
 * @param statuses complete answers by status
 * @param times the distributions
 * @param windows one per second of right answers, merged in pairs beyond {@value #WINDOWS_MAX}
 */
public record LoadResult(
        Title title,
        Counts counts,
        SortedMap<LoadError, Failures> errors,
        SortedMap<Integer, Long> statuses,
        Times times,
        List<Window> windows) {

    static final int WINDOWS_MAX = 600;

    /**
     * What ran.
     *
     * @param request method and URL
     * @param pace rate, arrivals and duration in words
     * @param seed of arrivals and template fields
     * @param startedAt by the wall clock
     * @param sending how long requests were to be sent
     * @param elapsed from the start to the last answer or error, at least as long as sending lasted
     * @param interrupted whether it was stopped before its end
     */
    public record Title(
            String request,
            String pace,
            long seed,
            Instant startedAt,
            Duration sending,
            Duration elapsed,
            boolean interrupted) {}

    /**
     * How many.
     *
     * @param intended arrivals of the schedule that came due
     * @param sent requests written to a connection
     * @param answered complete answers, right or not
     * @param expected right answers; all that the latencies hold, warm-up apart
     * @param bytesIn received
     * @param bytesOut sent
     * @param connectionsOpened over the whole run
     * @param strayConnections closed because bytes came that no request had asked for
     */
    public record Counts(
            long intended,
            long sent,
            long answered,
            long expected,
            long bytesIn,
            long bytesOut,
            long connectionsOpened,
            long strayConnections) {}

    /** How often, and the first one's detail (may be empty). */
    public record Failures(long count, String example) {}

    /**
     * The distributions, in nanoseconds. The histograms are the result's own; do not change them.
     *
     * @param latency right answers, from the intended start to the last byte
     * @param failed other complete answers, likewise
     * @param lateness from the intended start to the generator turning to it: its own fault
     */
    public record Times(Histogram latency, Histogram failed, Histogram lateness) {}

    /** The right answers of about a second. */
    public record Window(long count, double meanNanos) {

        Window plus(Window other) {
            long sum = count + other.count;
            return new Window(
                    sum, sum == 0 ? 0 : (count * meanNanos + other.count * other.meanNanos) / sum);
        }
    }

    /** Errors of one kind, none included. */
    public Failures failures(LoadError kind) {
        Failures some = errors.get(kind);
        return some == null ? new Failures(0, "") : some;
    }

    /** Errors of all kinds. */
    public long errorCount() {
        return errors.values().stream().mapToLong(Failures::count).sum();
    }

    /** Arrivals a second while requests were sent. */
    public double intendedPerSecond() {
        return counts.intended() / seconds(min(title.sending(), title.elapsed()));
    }

    /** Complete answers a second from the start to the last. */
    public double answeredPerSecond() {
        return counts.answered() / seconds(title.elapsed());
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static double seconds(Duration duration) {
        return Math.max(1, duration.toNanos()) / 1e9;
    }
}
