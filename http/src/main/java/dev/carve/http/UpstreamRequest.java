package dev.carve.http;

import org.jspecify.annotations.Nullable;

/**
 * What one attempt sends. Implemented by whoever holds these for the whole attempt, so that no
 * object is made for it.
 *
 * <p>Thread: the loop of the exchange.
 */
public interface UpstreamRequest {

    Head head();

    HeadEdits edits();

    /** Null if there is no body. */
    @Nullable BodySource body();

    /** Whether {@code Connection} names further fields that belong to the client's hop. */
    boolean namesFields();

    /** Whether another protocol is asked for. */
    boolean wantsUpgrade();

    /** When nobody wants the answer's head any more, in the loop's nanoseconds. */
    long deadlineNanos();

    /** From the last byte of the request to the answer's head; 0 for the instance's own setting. */
    long responseTimeoutNanos();

    /**
     * The last byte of the body was given to the connection. Told once at most: not where there is
     * no body, nor where the answer's head came before its end.
     */
    void sent();
}
