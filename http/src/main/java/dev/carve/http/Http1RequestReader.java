package dev.carve.http;

import dev.carve.http.Http1ServerConnection.Phase;
import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of one client connection: heads, and bodies for whoever takes them. What can
 * not be used yet, since the taker is full or the request before is still being answered, waits in
 * {@link #pending}; reading stops once more than {@value #PENDING_BYTES_MAX} bytes wait, so that
 * the client's own window slows it down.
 *
 * <p>Implementation note: input is only ever worked off in {@link #work}, which never nests: an
 * answer that ends inside it lets its loop go on.
 *
 * <p>Thread: one event loop. Lifetime: that of its connection.
 */
final class Http1RequestReader {

    private static final int PENDING_BYTES_MAX = 64 * 1024;

    private final Http1ServerConnection connection;
    private final Http1ServerTimeout timeout;
    private final Loop loop;
    private final Channel channel;

    private @Nullable ByteBuf pending;

    /** Of the body under way, how much was thrown away. */
    private long discarded;

    private boolean working;
    private boolean stopped;
    private boolean ended;

    Http1RequestReader(
            Http1ServerConnection connection,
            Http1ServerTimeout timeout,
            Loop loop,
            Channel channel) {
        this.connection = connection;
        this.timeout = timeout;
        this.loop = loop;
        this.channel = channel;
    }

    /** Whether input is being worked off, so that what is written can wait for the end of it. */
    boolean isWorking() {
        return working;
    }

    /** Whether bytes are at hand that nobody has looked at. */
    boolean hasMore() {
        return working || pending != null;
    }

    /** Whether the client sends no more. */
    boolean hasEnded() {
        return ended;
    }

    /** The memory that is held by bytes that wait. */
    int heldBytes() {
        ByteBuf in = pending;
        return in == null ? 0 : in.capacity();
    }

    // Input.

    /** The client sent something; takes the buffer. */
    void read(ByteBuf in) {
        work(pending == null ? in : joinPending(in));
    }

    private ByteBuf joinPending(ByteBuf in) {
        ByteBuf first = pending;
        pending = null;
        if (first == null) {
            return in;
        }
        int count = in.readableBytes();
        if (first.writableBytes() >= count) {
            DirectBytes.put(first, in);
            in.release();
            return first;
        }
        // Room for as much again, so that what comes in drops is not copied each time.
        ByteBuf both = loop.allocator().directBuffer(2 * (first.readableBytes() + count));
        DirectBytes.put(both, first);
        DirectBytes.put(both, in);
        first.release();
        in.release();
        return both;
    }

    /** The client sends no more. */
    void inputShut() {
        ended = true;
        if (!hasMore()) {
            connection.inputEnded();
        }
    }

    /** Somebody takes body bytes now, or the next request may begin. */
    void resume() {
        if (working || connection.phase == Phase.CLOSED) {
            return;
        }
        ByteBuf in = pending;
        pending = null;
        work(in == null ? Unpooled.EMPTY_BUFFER : in);
    }

    /** The next request may begin: what waits for that is worked off. */
    void resumeIfStopped() {
        if (pending != null || stopped) {
            resume();
        }
    }

    /** The socket is read again, unless the client has ended: Netty may have left epoll for it. */
    void readOn() {
        if (stopped && !ended) {
            stopped = false;
            channel.config().setAutoRead(true);
        }
    }

    /** The connection has closed. */
    void release() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    /** Works off what the client sent; takes the buffer. */
    private void work(ByteBuf in) {
        working = true;
        try {
            while (step(in)) {
                // Each step moves the request on.
            }
        } finally {
            working = false;
            keepRest(in);
            // Here, since an answer that waits for it would be lost where a step fails.
            connection.output.flushIfWanted();
        }
        if (ended && pending == null && connection.phase != Phase.CLOSED) {
            connection.inputEnded();
        }
    }

    /** Does what the phase wants; false when there is no more to do for now. */
    private boolean step(ByteBuf in) {
        return switch (connection.phase) {
            case HEAD -> in.isReadable() && readHead(in);
            case BODY -> readBody(in);
            case ANSWER -> false;
            case LINGER -> {
                in.skipBytes(in.readableBytes());
                yield false;
            }
            case CLOSED -> false;
        };
    }

    private void keepRest(ByteBuf in) {
        Phase phase = connection.phase;
        if (!in.isReadable() || phase == Phase.CLOSED || phase == Phase.LINGER) {
            in.release();
            connection.recountBuffered();
            if (stopped && phase != Phase.CLOSED && !bodyWaits()) {
                readOn();
            }
            return;
        }
        pending = in;
        boolean stop = bodyWaits() || in.readableBytes() > PENDING_BYTES_MAX;
        if (stop != stopped) {
            stopped = stop;
            channel.config().setAutoRead(!stop);
        }
        connection.countBuffered();
    }

    /** Whether body bytes must not be read now: nobody takes them yet, or the taker is full. */
    boolean bodyWaits() {
        Http1ServerStream current = connection.stream;
        return connection.phase == Phase.BODY
                && current != null
                && (current.bodyPaused || current.bodySink == null)
                && !current.bodyDiscarded;
    }

    // Head.

    private boolean readHead(ByteBuf in) {
        Http1ServerStream current = connection.streamForHead();
        Head head = current.head;
        if (head.length == 0 && !skipEmptyLine(in)) {
            return false;
        }
        HeadLimits limits = connection.settings().head();
        while (in.isReadable()) {
            int before = head.length;
            int count = HeadParser.feed(head, in, limits);
            int end = loop.parser.request(head, limits);
            if (end == HeadParser.BAD) {
                connection.refuse(current, loop.parser.problem());
                return false;
            }
            if (end != HeadParser.MORE) {
                in.skipBytes(end - before);
                connection.begin(current);
                return true;
            }
            in.skipBytes(count);
        }
        return false;
    }

    /**
     * RFC 9112 section 2.2: one empty line before a request is ignored, since old clients send one
     * behind a body.
     */
    private static boolean skipEmptyLine(ByteBuf in) {
        int at = in.readerIndex();
        if (in.getByte(at) != '\r') {
            return true;
        }
        if (in.readableBytes() < 2) {
            return false;
        }
        if (in.getByte(at + 1) == '\n') {
            in.skipBytes(2);
        }
        return in.isReadable();
    }

    // Body.

    private boolean readBody(ByteBuf in) {
        Http1ServerStream current = connection.stream;
        if (current == null || bodyWaits()) {
            return false;
        }
        if (current.bodyDiscarded) {
            return discardBody(current, in);
        }
        boolean any = false;
        while (!current.bodyPaused && connection.stream == current) {
            BodySink sink = current.bodySink;
            if (sink == null) {
                break;
            }
            ByteBuf chunk = current.decoder.next(in, loop.parser, connection.settings().head());
            if (chunk == null) {
                break;
            }
            any = true;
            if (current.decoder.received() > current.bodyBytesMax) {
                chunk.release();
                bodyFailed(current, tooLarge(current));
                return false;
            }
            sink.data(chunk);
        }
        if (connection.stream != current) {
            return false;
        }
        if (current.bodyDiscarded && connection.phase == Phase.BODY) {
            return true; // The taker gave up meanwhile: what is at hand is thrown away now.
        }
        return bodyAfterChunks(current, any);
    }

    private static Failure tooLarge(Http1ServerStream current) {
        return Failure.of(
                Failure.Kind.BODY_TOO_LARGE, "more than " + current.bodyBytesMax + " bytes");
    }

    private boolean bodyAfterChunks(Http1ServerStream current, boolean any) {
        BodySink sink = current.bodySink;
        if (current.decoder.isBad()) {
            loop.counters().add(Count.REQUESTS_MALFORMED, 1);
            bodyFailed(current, current.decoder.problem().inRequest());
            return false;
        }
        if (current.decoder.isDone()) {
            connection.bodyEnded(current);
            if (sink != null) {
                sink.end(current.decoder.trailer());
            }
            return connection.phase != Phase.CLOSED;
        }
        if (any && sink != null) {
            sink.flush();
        }
        if (connection.stream == current) {
            timeout.awaitBody(current);
        }
        return false;
    }

    private boolean discardBody(Http1ServerStream current, ByteBuf in) {
        int before = in.readableBytes();
        while (true) {
            ByteBuf chunk = current.decoder.next(in, loop.parser, connection.settings().head());
            if (chunk == null) {
                break;
            }
            chunk.release();
        }
        int count = before - in.readableBytes();
        discarded += count;
        loop.counters().add(Count.DISCARDED_BYTES, count);
        if (current.decoder.isDone()) {
            connection.bodyEnded(current);
            return true;
        }
        if (current.decoder.isBad() || discarded > connection.settings().discardBytes()) {
            if (current.responseDone) {
                connection.lingerThenClose();
            } else {
                current.closeAfterwards();
                in.skipBytes(in.readableBytes());
            }
        }
        if (connection.phase == Phase.BODY && channel.isWritable()) {
            timeout.awaitDiscarded();
        }
        return false;
    }

    /** The body is complete. */
    void bodyEnded() {
        discarded = 0;
    }

    /** The request can not be completed; the handler may still answer if nothing was committed. */
    void bodyFailed(Http1ServerStream current, Failure why) {
        current.bodySink = null;
        current.bodyDiscarded = true;
        discarded = connection.settings().discardBytes();
        current.closeAfterwards();
        current.clientFailed(why);
    }
}
