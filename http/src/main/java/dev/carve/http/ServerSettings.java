package dev.carve.http;

import java.time.Duration;

/**
 * How a listener treats its clients. Replaced as a whole by a reload; a connection reads it anew
 * for each request.
 *
 * @param head bounds on each request head and trailer section
 * @param headTimeout from the first byte of a head, or from accepting, to its end
 * @param idleTimeout between two requests of a connection
 * @param bodyTimeout without a byte of a request body that is being waited for
 * @param sendTimeout without the client taking a byte of an answer that is ready
 * @param requestsPerConnection after so many the connection is closed
 * @param discardBytes how much of an unwanted request body is read so that its connection can go on
 * @param halfClose what a client's FIN means while its request is being answered
 */
public record ServerSettings(
        HeadLimits head,
        Duration headTimeout,
        Duration idleTimeout,
        Duration bodyTimeout,
        Duration sendTimeout,
        long requestsPerConnection,
        long discardBytes,
        HalfClose halfClose) {

    /** What a client's FIN means while its complete request is being answered. */
    public enum HalfClose {
        /** The client has gone if it asked to keep the connection; else it waits for its answer. */
        AUTO,
        /** The client waits for its answer. */
        ANSWER,
        /** The client has gone: the call is cancelled. */
        CANCEL
    }

    public static final ServerSettings DEFAULT =
            new ServerSettings(
                    HeadLimits.DEFAULT,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    1_000_000,
                    256 * 1024,
                    HalfClose.AUTO);
}
