package dev.carve.gateway;

import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Loop;
import dev.carve.http.Peer;
import org.jspecify.annotations.Nullable;

/**
 * One execution of an action: an immutable head, a body, a deadline. The client's own request is
 * one; so is every copy, retry at another side, or check. Needs no socket.
 *
 * <p>Thread: the loop it belongs to. Valid until its sink was told the end, or it was cancelled.
 */
public interface Call {

    Loop loop();

    /** The head as the client sent it; never changed. */
    Head head();

    /** Null if there is none. May be started once in the life of the call. */
    @Nullable BodySource body();

    /** Whether the body was started, after which the call can not be sent again. */
    boolean isBodyTaken();

    /** Whether {@code Connection} names further fields that belong to the client's hop. */
    boolean namesFields();

    /** Whether another protocol is asked for. */
    boolean wantsUpgrade();

    /** When nobody wants the answer's head any more, in the loop's nanoseconds. */
    long deadlineNanos();

    /**
     * Whether the client allows less time than Carve would, so that a deadline that passes says
     * nothing about the service.
     */
    boolean isImpatient();

    /**
     * Whether no client waits for it, so that it may take nothing that a client's call could want:
     * neither permits nor connections, nor anything of the budget.
     */
    default boolean isCopy() {
        return false;
    }

    /** Whether sending it twice has no other effect than sending it once. */
    boolean isRepeatable();

    /**
     * Whether it changes nothing at all, so that it may be sent to another side as well: a method
     * that is safe by definition (RFC 9110 section 9.2.1), or a route that says so. Narrower than
     * {@link #isRepeatable}.
     */
    boolean isSafe();

    /** Where the route's variables lie in the target. */
    RouteResult<?> match();

    /** Adds what every upstream is told beside the head: forwarded fields, request id, edits. */
    void edit(HeadEdits edits);

    /** The attempt's connection was ready at this time of the loop, and its answer has begun. */
    void connected(long nanos);

    /**
     * An attempt begins, for the log: which service, which instance, and at which try from 1. No
     * instance if there is none to try.
     */
    void attempted(Service service, @Nullable Instance instance, int number);

    /** The client's connection, null for a call that no client made. */
    @Nullable Peer peer();

    /** A line for the answer's head beside those that the instance sends, its CRLF included. */
    void addToAnswer(byte[] line);
}
