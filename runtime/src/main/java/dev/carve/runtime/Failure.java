package dev.carve.runtime;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why something did not work, as a value: kind and side decide status, metric and log level; {@code
 * retrySafe} whether the same call may be sent elsewhere; the detail is for logs, never for
 * clients. Event loops pass it on; nothing on the data plane is thrown. Immutable.
 *
 * @param kind what happened, and with it the stable code and status
 * @param retrySafe whether it is certain that no instance acted on the request
 * @param detail lower case, no full stop: what, where, with which value
 * @param cause what the system said, for the log
 * @param retryAfterNanos after which another try makes sense, for the client; 0 if nothing is known
 */
public record Failure(
        Kind kind,
        boolean retrySafe,
        String detail,
        @Nullable Throwable cause,
        long retryAfterNanos) {

    /** Who is at fault. */
    public enum Side {
        CLIENT,
        UPSTREAM,
        LOCAL
    }

    /** The kinds of failure, each with its side and the status a client gets for it. */
    public enum Kind {
        BAD_REQUEST(Side.CLIENT, 400, "the request is malformed"),
        AMBIGUOUS_PATH(Side.CLIENT, 400, "the path can be read in more than one way"),
        NO_ROUTE(Side.CLIENT, 404, "no route matches"),
        HEAD_TIMEOUT(Side.CLIENT, 408, "the request head did not arrive in time"),
        REQUEST_TIMEOUT(Side.CLIENT, 408, "the request body did not arrive in time"),
        BODY_TOO_LARGE(Side.CLIENT, 413, "the request body is too large"),
        TARGET_TOO_LONG(Side.CLIENT, 414, "the request target is too long"),
        HEAD_TOO_LARGE(Side.CLIENT, 431, "the request head is too large"),
        CLIENT_ABORTED(Side.CLIENT, 499, "the client went away"),
        INTERNAL(Side.LOCAL, 500, "the gateway failed"),
        UNSUPPORTED_CODING(Side.CLIENT, 501, "the method or transfer coding is not supported"),
        CONNECT_REFUSED(Side.UPSTREAM, 502, "the service refused the connection"),
        CONNECT_FAILED(Side.UPSTREAM, 502, "the service could not be reached"),
        TLS_FAILED(Side.UPSTREAM, 502, "no secure connection to the service"),
        UPSTREAM_RESET(Side.UPSTREAM, 502, "the service reset the connection"),
        UPSTREAM_CLOSED(Side.UPSTREAM, 502, "the service closed the connection"),
        BAD_RESPONSE(Side.UPSTREAM, 502, "the service's answer is malformed"),
        OVERLOADED(Side.LOCAL, 503, "a limit of the gateway is reached"),
        NO_INSTANCE(Side.UPSTREAM, 503, "no instance of the service can be used"),
        CIRCUIT_OPEN(Side.UPSTREAM, 503, "the service fails and is left alone for a while"),
        SHUTTING_DOWN(Side.LOCAL, 503, "the gateway is shutting down"),
        CONNECT_TIMEOUT(Side.UPSTREAM, 504, "connecting to the service took too long"),
        RESPONSE_TIMEOUT(Side.UPSTREAM, 504, "the service's answer took too long"),
        IDLE_TIMEOUT(Side.UPSTREAM, 504, "the service stopped sending"),
        DEADLINE_EXCEEDED(Side.UPSTREAM, 504, "the deadline passed"),
        UNSUPPORTED_VERSION(Side.CLIENT, 505, "the HTTP version is not supported");

        private final Side side;
        private final int status;
        private final String text;
        private final String code = name().toLowerCase(Locale.ROOT);

        Kind(Side side, int status, String text) {
            this.side = side;
            this.status = status;
            this.text = text;
        }

        public Side side() {
            return side;
        }

        /** The status a client gets if nothing was sent to it yet. */
        public int status() {
            return status;
        }

        /** The stable code: value of {@code Carve-Error}, label of the metric, word in the log. */
        public String code() {
            return code;
        }

        /** The short text a client may read. */
        public String text() {
            return text;
        }
    }

    public Failure {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(detail);
    }

    /** Where nothing is known of when another try makes sense. */
    public Failure(Kind kind, boolean retrySafe, String detail, @Nullable Throwable cause) {
        this(kind, retrySafe, detail, cause, 0);
    }

    public static Failure of(Kind kind, String detail) {
        return new Failure(kind, false, detail, null);
    }

    public static Failure of(Kind kind, String detail, Throwable cause) {
        return new Failure(kind, false, detail, cause);
    }

    /** The same failure where it is certain that no instance acted on the request. */
    public Failure whereRetryIsSafe() {
        return new Failure(kind, true, detail, cause, retryAfterNanos);
    }

    /** The same failure where the client is told when to come again. */
    public Failure retryAfter(long nanos) {
        return new Failure(kind, retrySafe, detail, cause, nanos);
    }

    public Side side() {
        return kind.side();
    }

    @Override
    public String toString() {
        return kind.code() + ": " + detail + (cause == null ? "" : " (" + cause + ")");
    }
}
