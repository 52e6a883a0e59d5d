package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.http.UpstreamConnection.Phase;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * Writes the requests of one upstream connection, one at a time: the head with its edits, then the
 * body in the framing that the head announces, or the client's bytes of a tunnel. Slows the body
 * down while the upstream takes no more.
 *
 * <p>Implementation note: the head and the first chunks of a small body are joined in one buffer
 * ({@link #unwritten}), so that they leave in one write.
 *
 * <p>Thread: one event loop. Lifetime: that of its connection.
 */
final class UpstreamRequestWriter implements BodySink {

    /** Chunks up to this size are copied behind the bytes that wait, instead of a second buffer. */
    private static final int JOIN_BYTES = 4096;

    private static final int CHUNK_BUFFER_BYTES = 64;
    private static final byte[] CONNECTION_TE = Ascii.bytes("Connection: TE\r\n");

    private final UpstreamConnection connection;
    private final UpstreamTimeout timeout;
    private final Loop loop;
    private final DuplexChannel channel;
    private final @Nullable TlsLayer tls;
    private final ChannelPromise noPromise;

    // The request under way.
    private @Nullable BodySource body;
    private @Nullable ByteBuf unwritten;
    private boolean paused;
    private boolean chunked;
    private boolean done;
    private boolean upgradeAsked;

    /** The client sends its body once the upstream says so, or when it has waited long enough. */
    private boolean asksFirst;

    UpstreamRequestWriter(
            UpstreamConnection connection,
            UpstreamTimeout timeout,
            Loop loop,
            DuplexChannel channel,
            @Nullable TlsLayer tls) {
        this.connection = connection;
        this.timeout = timeout;
        this.loop = loop;
        this.channel = channel;
        this.tls = tls;
        this.noPromise = channel.voidPromise();
    }

    /** Begins a request on an open connection. */
    void send(UpstreamRequest call) {
        Head head = call.head();
        HeadEdits edits = call.edits();
        BodySource from = call.body();
        body = from;
        paused = false;
        chunked = from != null && from.length() < 0;
        done = from == null;
        upgradeAsked = call.wantsUpgrade();
        asksFirst = from != null && head.has(Field.EXPECT) && head.minorVersion() != 0;
        edits.dropHopByHop(head, call.namesFields());
        if (head.has(Field.EXPECT) && head.minorVersion() == 0) {
            // RFC 9110 section 10.1.1: ignored there, and not to come to life in HTTP/1.1.
            edits.drop(head, Field.EXPECT);
        }
        frame(head, edits, from == null ? 0 : from.length());
        if (upgradeAsked) {
            keepUpgrade(head, edits);
        } else if (head.has(Field.TE) && HeadEdits.asksForTrailers(head)) {
            edits.addLine(CONNECTION_TE); // RFC 9110 section 10.1.4: TE belongs to this hop.
        }
        int size = HeadWriter.sizeOf(head, edits) + (from == null ? 0 : JOIN_BYTES / 4);
        ByteBuf out = loop.allocator().directBuffer(size);
        HeadWriter.request(
                out,
                head,
                edits,
                chunked,
                upgradeAsked ? HeadWriter.Connection.UPGRADE : HeadWriter.Connection.NONE);
        unwritten = out;
        timeout.awaitMore();
        if (from != null) {
            from.start(this);
        }
        flush();
    }

    /**
     * The length that is announced is the one of the body that is sent, which need not be the
     * client's: anything else would put the connection out of step.
     */
    private static void frame(Head head, HeadEdits edits, long length) {
        int number = head.find(Field.CONTENT_LENGTH);
        if (number == Head.NONE) {
            if (length > 0) {
                edits.add(Field.CONTENT_LENGTH.text(), Long.toString(length));
            }
        } else if (Framing.decimal(head.bytes, head.valueStart(number), head.valueEnd(number))
                != length) {
            edits.drop(head, Field.CONTENT_LENGTH);
            if (length >= 0) {
                edits.add(Field.CONTENT_LENGTH.text(), Long.toString(length));
            }
        }
    }

    private static void keepUpgrade(Head head, HeadEdits edits) {
        for (int i = head.find(Field.UPGRADE); i != Head.NONE; i = head.next(Field.UPGRADE, i)) {
            edits.begin("Upgrade").append(head.bytes, head.valueStart(i), head.valueEnd(i)).end();
        }
    }

    /** After 101: what follows is the other protocol's, without framing. */
    void leaveHttp() {
        done = false;
        chunked = false;
    }

    /** Takes the client's bytes of the other protocol. */
    void tunnelFrom(BodySource client) {
        body = client;
        paused = false;
        client.start(this);
    }

    boolean asksToUpgrade() {
        return upgradeAsked;
    }

    /** Whether the request is complete, though its last bytes may wait for the upstream. */
    boolean isDone() {
        return done;
    }

    /** The upstream wants the body that it was asked about. */
    void goOn() {
        asksFirst = false;
    }

    /**
     * Whether it is the body's source that is waited for: there is more to come, the upstream has
     * taken what came, and nobody waits for its word first.
     */
    boolean isBodyAwaited() {
        return body != null && !done && !asksFirst && connection.unsentBytes() == 0;
    }

    /** Whether another request could follow. */
    boolean isClean() {
        return done && unwritten == null;
    }

    // The body.

    @Override
    public void data(ByteBuf chunk) {
        int count = chunk.readableBytes();
        if (count == 0 || connection.phase == Phase.CLOSED || (done && !connection.tunnel)) {
            chunk.release();
            return;
        }
        asksFirst = false;
        ByteBuf waiting = unwritten;
        if (waiting != null
                && count <= JOIN_BYTES
                && waiting.writableBytes() >= count + ChunkFraming.CHUNK_BYTES_MAX) {
            if (chunked) {
                ChunkFraming.begin(waiting, count);
            }
            DirectBytes.put(waiting, chunk);
            chunk.release();
            if (chunked) {
                ChunkFraming.end(waiting);
            }
            return;
        }
        if (chunked) {
            waiting = waiting == null ? chunkBuffer() : waiting;
            ChunkFraming.begin(waiting, count);
        }
        if (waiting != null) {
            write(waiting);
            unwritten = null;
        }
        write(chunk);
        if (chunked) {
            ByteBuf end = chunkBuffer();
            ChunkFraming.end(end);
            unwritten = end;
        }
    }

    private ByteBuf chunkBuffer() {
        return loop.allocator().directBuffer(CHUNK_BUFFER_BYTES);
    }

    @Override
    public void flush() {
        if (connection.phase == Phase.CLOSED) {
            return;
        }
        ByteBuf out = unwritten;
        if (out != null) {
            unwritten = null;
            write(out);
        }
        channel.flush();
        BodySource from = body;
        if (from != null && !paused && !channel.isWritable()) {
            paused = true;
            from.pause();
            connection.countBuffered();
            timeout.watchTaking();
        }
        if (connection.isUpstreamAwaited()) {
            timeout.awaitMore();
        }
    }

    private void write(ByteBuf out) {
        loop.counters().add(Count.UPSTREAM_BYTES_SENT, out.readableBytes());
        if (tls == null) {
            channel.write(out, noPromise);
        } else {
            // The layer writes records of its own, whose failures it tells nobody who has no
            // future.
            channel.write(out).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
    }

    /** The upstream takes more again, or no more for now. */
    void writabilityChanged() {
        BodySource from = body;
        if (paused && from != null && channel.isWritable()) {
            paused = false;
            loop.tick();
            connection.countBuffered();
            if (connection.isUpstreamAwaited()) {
                timeout.awaitMore(); // It took what waited: from now on it has its time again.
            }
            from.resume();
        }
    }

    @Override
    public void end(@Nullable Head trailer) {
        if (connection.phase == Phase.CLOSED) {
            return;
        }
        done = true;
        if (connection.tunnel) {
            body = null;
            flush();
            connection.clientEnded();
            return;
        }
        if (chunked) {
            ByteBuf out = unwritten;
            if (out == null) {
                out = loop.allocator().directBuffer(ChunkFraming.sizeOfLast(trailer));
            }
            unwritten = out;
            ChunkFraming.last(out, trailer);
        }
        flush();
        connection.requestEnded();
    }

    @Override
    public void failed(Failure failure) {
        // The request can not be completed, so the upstream must not take it for complete.
        connection.fail(failure);
    }

    // Ends.

    /** The other direction of a tunnel goes on. */
    void shutOutput() {
        TlsLayer layer = tls;
        if (layer == null) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> channel.shutdownOutput());
        } else {
            layer.shutOutput(channel);
        }
    }

    /** The upstream takes no more, but may still explain why. */
    void stop() {
        BodySource from = body;
        body = null;
        // Whatever was written last, this connection takes no other request.
        done = false;
        if (from != null) {
            from.discard();
        }
    }

    /** The answer is complete: gives the body back if there is a rest of it that nobody needs. */
    @Nullable BodySource takeRest() {
        BodySource rest = body;
        body = null;
        return done ? null : rest;
    }

    /** The connection has closed. */
    void release() {
        body = null;
        if (unwritten != null) {
            unwritten.release();
            unwritten = null;
        }
    }
}
