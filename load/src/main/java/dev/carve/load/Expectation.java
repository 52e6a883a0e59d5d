package dev.carve.load;

import java.util.List;
import java.util.Optional;

/**
 * What counts as a right answer; anything else is an error by kind and stays out of the latencies.
 *
 * @param statuses at least one range
 * @param body what the body must be
 */
public record Expectation(List<Range> statuses, BodyCheck body) {

    public Expectation {
        statuses = List.copyOf(statuses);
        if (statuses.isEmpty()) {
            throw new IllegalArgumentException("no expected status");
        }
    }

    /** Any complete answer below 400. */
    public static Expectation usual() {
        return status(List.of(new Range(200, 399)));
    }

    /** These statuses with any body. */
    public static Expectation status(List<Range> statuses) {
        return new Expectation(statuses, new BodyCheck.Any());
    }

    /** The same statuses with this body. */
    public Expectation withBody(BodyCheck check) {
        return new Expectation(statuses, check);
    }

    boolean accepts(int status) {
        for (int i = 0; i < statuses.size(); i++) {
            Range range = statuses.get(i);
            if (status >= range.from() && status <= range.to()) {
                return true;
            }
        }
        return false;
    }

    /** The exact bytes, if they are to be compared. */
    Optional<byte[]> exactBody() {
        return body instanceof BodyCheck.Exact exact
                ? Optional.of(exact.bytes())
                : Optional.empty();
    }

    /** Statuses from one to another, both included. */
    public record Range(int from, int to) {
        public Range {
            if (from < 200 || to > 599 || from > to) {
                throw new IllegalArgumentException(
                        "statuses outside 200..599: " + from + ".." + to);
            }
        }
    }

    /** What a body must be. */
    public sealed interface BodyCheck {

        /** Whatever its framing holds. */
        record Any() implements BodyCheck {}

        /** This many bytes. */
        record Length(long bytes) implements BodyCheck {}

        /** These bytes. The array is the caller's and must not change. */
        @SuppressWarnings("ArrayRecordComponent") // compared by content nowhere
        record Exact(byte[] bytes) implements BodyCheck {}
    }
}
