package dev.carve.http;

import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of one exchange, whatever its protocol: the request's head and body, and the
 * way for exactly one answer. {@link #respond} commits the answer's head; from then on the only way
 * to fail is {@link #abort}.
 *
 * <p>Thread: the event loop of its connection, for every method. Lifetime: from {@link
 * RequestHandler#handle} to {@link #release}, which must be called exactly once; calls after the
 * client has gone do nothing.
 */
public interface ServerStream {

    Loop loop();

    Head head();

    /** The request's body, null if it has none. */
    @Nullable BodySource body();

    /** Whether the client asks to leave HTTP on this connection (RFC 9110 section 7.8). */
    boolean wantsUpgrade();

    /** Whether {@code Connection} names further fields that belong to this hop. */
    boolean namesFields();

    Peer peer();

    /** Who is told when the client goes away. */
    void listen(StreamListener listener);

    /** More body bytes than this end the request with {@link Failure.Kind#BODY_TOO_LARGE}. */
    void limitBody(long bytes);

    /** Passes a 1xx answer on, if the client's protocol knows them; borrows the head. */
    void informational(Head head);

    /**
     * Commits the answer's head with its edits; hop-by-hop fields are left out and framing is added
     * by the stream itself.
     */
    void respond(ResponseHead response, HeadEdits edits);

    boolean isCommitted();

    /** Takes body bytes of the answer. */
    void data(ByteBuf chunk);

    /** What was given so far should go out. */
    void flush();

    /** After 101: nothing more comes from the upstream; the client may still send. */
    void shutOutput();

    /** The answer is complete; borrows the trailer fields. */
    void end(@Nullable Head trailer);

    /** The answer can not be completed: the client must see that it is cut. */
    void abort(Failure why);

    /** This is the connection's last answer. */
    void closeAfterwards();

    /** Body bytes of the request so far. */
    long bytesReceived();

    /** Bytes of the answer so far, its head included. */
    long bytesSent();

    /** The exchange is over for its handler; nothing of the stream may be used any more. */
    void release();
}
