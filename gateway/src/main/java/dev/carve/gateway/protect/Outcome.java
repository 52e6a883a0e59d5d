package dev.carve.gateway.protect;

import dev.carve.runtime.Failure;
import java.util.Locale;

/** How one attempt at a service ended, in the words that breaker and ejection judge by. */
public enum Outcome {
    /**
     * The head of an answer came in time, with a status that nobody chose to count as a failure.
     */
    ANSWERED,
    /** Answered like that, but later than the time set; told apart by {@link Window} itself. */
    SLOW,
    /** Answered with a status that the file chose to count as a failure. */
    BAD_STATUS,
    /**
     * Answered with 500 to 599, which nobody chose to count as a failure. It is told apart since
     * its time is no latency: nobody is as fast as who sheds his load.
     */
    ERROR_STATUS,
    /** No connection: refused, unreachable or not open in time. */
    CONNECT_FAILED,
    /** Connected, but the answer did not come in time. */
    TIMED_OUT,
    /** The connection was lost, or what came was no answer. */
    LOST,
    /** A health check failed; no client was waiting. */
    CHECK_FAILED,
    /** A health check passed; no client was waiting. */
    CHECK_PASSED,
    /** Says nothing about the service: the client went away, or a bound of the gateway refused. */
    IGNORED;

    static final int COUNT = values().length;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word in logs, metrics and reasons. */
    public String text() {
        return text;
    }

    /** Whether its time says how long the service takes for its work. */
    boolean hasLatency() {
        return switch (this) {
            case ANSWERED, SLOW -> true;
            case BAD_STATUS, ERROR_STATUS -> false;
            case CONNECT_FAILED, TIMED_OUT, LOST, CHECK_FAILED, CHECK_PASSED, IGNORED -> false;
        };
    }

    /** Whether it is that of a call, and says something about the service. */
    boolean isOfCall() {
        return switch (this) {
            case ANSWERED, SLOW, BAD_STATUS, ERROR_STATUS -> true;
            case CONNECT_FAILED, TIMED_OUT, LOST -> true;
            case CHECK_FAILED, CHECK_PASSED, IGNORED -> false;
        };
    }

    /**
     * What a failed attempt says about the service.
     *
     * @param shortened whether the client made the deadline shorter than the route allows; then a
     *     passed deadline says nothing, or any client could trip a breaker by asking for 1 ms
     */
    public static Outcome of(Failure.Kind kind, boolean shortened) {
        return switch (kind) {
            case CONNECT_REFUSED, CONNECT_FAILED, TLS_FAILED, CONNECT_TIMEOUT -> CONNECT_FAILED;
            case RESPONSE_TIMEOUT, IDLE_TIMEOUT -> TIMED_OUT;
            case DEADLINE_EXCEEDED -> shortened ? IGNORED : TIMED_OUT;
            case UPSTREAM_RESET, UPSTREAM_CLOSED, BAD_RESPONSE -> LOST;
            case BAD_REQUEST,
                    AMBIGUOUS_PATH,
                    NO_ROUTE,
                    HEAD_TIMEOUT,
                    REQUEST_TIMEOUT,
                    BODY_TOO_LARGE,
                    TARGET_TOO_LONG,
                    HEAD_TOO_LARGE,
                    CLIENT_ABORTED,
                    INTERNAL,
                    UNSUPPORTED_CODING,
                    OVERLOADED,
                    NO_INSTANCE,
                    CIRCUIT_OPEN,
                    SHUTTING_DOWN,
                    UNSUPPORTED_VERSION ->
                    IGNORED;
        };
    }
}
