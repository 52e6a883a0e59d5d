package dev.carve.gateway;

import dev.carve.http.BodySource;
import dev.carve.http.DirectBytes;
import dev.carve.http.Head;
import dev.carve.http.Loop;
import dev.carve.http.Method;
import dev.carve.http.ResponseHead;
import dev.carve.http.ResponseSink;
import dev.carve.http.ServerStream;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * An answer that the gateway gives itself: a failure's, a fixed one, a redirect. A fixed one's head
 * is shared by all exchanges it is sent to; a failure's is used again by its loop for the next.
 * Whoever is given it therefore copies what it wants to keep.
 */
public final class LocalAnswer implements ResponseHead {

    private final Head head;
    private final byte[] body;
    private final boolean hasBody;

    private LocalAnswer(Head head, byte[] body) {
        this.head = head;
        this.body = body;
        int status = head.status();
        hasBody = status >= 200 && status != 204 && status != 304;
    }

    /** Completes a head with its length. */
    static LocalAnswer of(Head head, byte[] body) {
        int status = head.status();
        if (status >= 200 && status != 204 && status != 304) {
            head.add("Content-Length", Integer.toString(body.length));
        }
        return new LocalAnswer(head, body);
    }

    @Override
    public Head head() {
        return head;
    }

    @Override
    public boolean hasBody() {
        return hasBody;
    }

    @Override
    public @Nullable BodySource source() {
        return null;
    }

    @Override
    public boolean namesFields() {
        return false;
    }

    /** Gives the body to a stream that has no call. */
    void sendBody(ServerStream stream) {
        stream.data(bodyFor(stream.loop()));
    }

    /** Gives the whole answer to a sink; {@code call} decides whether the body goes too. */
    void send(Call call, ResponseSink sink) {
        sink.head(this);
        if (hasBody && body.length > 0 && call.head().method() != Method.HEAD) {
            sink.data(bodyFor(call.loop()));
        }
        sink.end(null);
    }

    private ByteBuf bodyFor(Loop loop) {
        ByteBuf buffer = loop.allocator().directBuffer(body.length);
        DirectBytes.put(buffer, body);
        return buffer;
    }
}
