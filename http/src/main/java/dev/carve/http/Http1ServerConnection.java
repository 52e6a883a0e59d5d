package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client connection speaking HTTP/1.0 or 1.1 (RFC 9112): reads heads and bodies, runs one
 * exchange at a time, so that pipelined requests are answered in order, and owns every way in which
 * a client's connection ends.
 *
 * <p>Implementation notes. The phase tells how far the <em>request</em> has come; whether the
 * answer is done is the stream's flag. The next request begins when both are. Bytes that can not be
 * used yet wait in {@link #pending}, and reading stops once more than {@value #PENDING_BYTES_MAX}
 * wait, so that the client's own window slows it down. Input is only ever worked off in {@link
 * #work}, which never nests: an answer that ends inside it lets its loop go on.
 *
 * <p>Thread: one event loop. Lifetime: from accepting to {@link #channelInactive}.
 */
final class Http1ServerConnection extends ChannelInboundHandlerAdapter {

    private static final int PENDING_BYTES_MAX = 64 * 1024;
    private static final int FEED_BYTES = 2048;
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long DRAIN_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum Phase {
        /** A request head is awaited or under way. */
        HEAD,
        /** The head has gone to the handler, the request's body is under way. */
        BODY,
        /** The request is complete, its answer is not. */
        ANSWER,
        /** The last answer is out; what still comes in is thrown away until the client closes. */
        LINGER,
        CLOSED
    }

    private final Loop loop;
    private final Listener listener;
    private final Channel channel;
    private final ChannelPromise noPromise;
    private final Timeout timeout = new ConnectionTimeout();
    private Phase phase = Phase.HEAD;
    private @Nullable Http1ServerStream stream;
    private @Nullable ByteBuf pending;
    private @Nullable Peer peer;
    private final @Nullable InetAddress counted;
    private long requests;
    private long lastActiveNanos;
    private long discarded;
    private long unsent;
    private long buffered;
    private boolean working;
    private boolean flushWanted;
    private boolean inputEnded;
    private boolean inputStopped;
    private boolean draining;

    /** A fault of our own came up on this connection; there is no second try to answer it. */
    private boolean brokenBefore;

    // The loop's list of connections.
    @Nullable Http1ServerConnection preceding;
    @Nullable Http1ServerConnection following;

    /** What to do when the connection has waited too long depends on what it waited for. */
    private final class ConnectionTimeout extends Timeout {
        @Override
        void expired(long nowNanos) {
            timedOut();
        }
    }

    /**
     * @param counted the client's address if this connection was counted against its bound
     */
    Http1ServerConnection(
            Loop loop, Listener listener, Channel channel, @Nullable InetAddress counted) {
        this.loop = loop;
        this.listener = listener;
        this.channel = channel;
        this.counted = counted;
        this.noPromise = channel.voidPromise();
    }

    // Netty's events.

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        loop.opened(this);
        draining = loop.draining;
        lastActiveNanos = loop.tick();
        loop.counters().add(Count.CONNECTIONS_ACCEPTED, 1);
        loop.counters().add(Count.CONNECTIONS_OPEN, 1);
        waitUntil(settings().headTimeout().toNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        lastActiveNanos = loop.tick();
        loop.counters().add(Count.BYTES_RECEIVED, in.readableBytes());
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
            first.writeBytes(in);
            in.release();
            return first;
        }
        // Room for as much again, so that what comes in drops is not copied each time.
        ByteBuf both = loop.allocator().directBuffer(2 * (first.readableBytes() + count));
        both.writeBytes(first).writeBytes(in);
        first.release();
        in.release();
        return both;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            loop.tick();
            inputEnded = true;
            if (pending == null && !working) {
                inputEnded();
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Http1ServerStream current = stream;
        if (channel.isWritable() && current != null) {
            if (phase == Phase.BODY || phase == Phase.ANSWER) {
                waitForBodyOrNothing(current); // A head under way keeps its bound.
            }
            if (buffered != 0) {
                countBuffered();
            }
            current.writable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "connection broke", cause));
        } else {
            broken(cause);
        }
    }

    /** A fault of our own: this exchange is answered 500 if it still can be, and nothing hangs. */
    private void broken(Throwable cause) {
        loop.report("client connection", cause);
        Http1ServerStream current = stream;
        Failure why = Failure.of(Failure.Kind.INTERNAL, "fault in the gateway", cause);
        if (current == null || !current.isBegun() || current.isCommitted() || brokenBefore) {
            closeNow(why);
            return;
        }
        brokenBefore = true;
        current.closeAfterwards();
        if (!current.clientFailed(why)) {
            listener.malformed(current, why);
        }
        if (phase != Phase.CLOSED) {
            resumeInput();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.tick();
        closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "connection closed"));
        loop.closed(this);
        loop.counters().add(Count.CONNECTIONS_OPEN, -1);
        listener.connectionClosed(counted);
    }

    // Input.

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
        }
        if (flushWanted) {
            flushWanted = false;
            channel.flush();
        }
        if (inputEnded && pending == null && phase != Phase.CLOSED) {
            inputEnded();
        }
    }

    /** Does what the phase wants; false when there is no more to do for now. */
    private boolean step(ByteBuf in) {
        return switch (phase) {
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
        if (!in.isReadable() || phase == Phase.CLOSED || phase == Phase.LINGER) {
            in.release();
            if (buffered != 0) {
                countBuffered();
            }
            if (inputStopped && phase != Phase.CLOSED && !bodyWaits()) {
                inputStopped = false;
                channel.config().setAutoRead(true);
            }
            return;
        }
        pending = in;
        boolean stop = bodyWaits() || in.readableBytes() > PENDING_BYTES_MAX;
        if (stop != inputStopped) {
            inputStopped = stop;
            channel.config().setAutoRead(!stop);
        }
        countBuffered();
    }

    /** Whether body bytes must not be read now: nobody takes them yet, or the taker is full. */
    private boolean bodyWaits() {
        Http1ServerStream current = stream;
        return phase == Phase.BODY
                && current != null
                && (current.bodyPaused || current.bodySink == null)
                && !current.bodyDiscarded;
    }

    /** Somebody takes body bytes now, or the next request may begin. */
    void resumeInput() {
        if (working || phase == Phase.CLOSED) {
            return;
        }
        ByteBuf in = pending;
        pending = null;
        work(in == null ? Unpooled.EMPTY_BUFFER : in);
    }

    // Request head.

    private boolean readHead(ByteBuf in) {
        Http1ServerStream current = stream;
        if (current == null) {
            current = loop.takeStream();
            current.attach(this);
            stream = current;
            waitUntil(settings().headTimeout().toNanos());
        }
        Head head = current.head;
        if (head.length == 0 && !skipEmptyLine(in)) {
            return false;
        }
        HeadLimits limits = settings().head();
        while (in.isReadable()) {
            int before = head.length;
            int count =
                    Math.min(
                            Math.min(in.readableBytes(), FEED_BYTES),
                            Math.max(1, limits.headBytes() + 2 - before));
            head.reserve(count);
            in.getBytes(in.readerIndex(), head.bytes, before, count);
            head.length += count;
            int end = loop.parser.request(head, limits);
            if (end == HeadParser.BAD) {
                refuse(current, loop.parser.problem());
                return false;
            }
            if (end != HeadParser.MORE) {
                in.skipBytes(end - before);
                begin(current);
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
    private boolean skipEmptyLine(ByteBuf in) {
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

    private void begin(Http1ServerStream current) {
        Malformed wrong = current.framing.ofRequest(current.head);
        if (wrong != null) {
            refuse(current, wrong);
            return;
        }
        if (loop.isFull()) {
            refuse(current, Failure.of(Failure.Kind.OVERLOADED, "too much waits for slow readers"));
            return;
        }
        requests++;
        loop.counters().add(Count.REQUESTS, 1);
        current.begin(peer());
        phase = current.bodyEnded ? Phase.ANSWER : Phase.BODY;
        waitForBodyOrNothing(current);
        listener.handler().handle(current);
    }

    /** Answers what can not be understood, and ends: where its next request begins is not known. */
    private void refuse(Http1ServerStream current, Malformed why) {
        loop.counters().add(Count.REQUESTS_MALFORMED, 1);
        refuse(current, why.inRequest());
    }

    private void refuse(Http1ServerStream current, Failure failure) {
        phase = Phase.ANSWER;
        current.bodyEnded = true;
        current.framing.persistent = false;
        current.framing.kind = Framing.Kind.NONE;
        current.closeAfterwards();
        current.begin(peer());
        listener.malformed(current, failure);
    }

    // Request body.

    private boolean readBody(ByteBuf in) {
        Http1ServerStream current = stream;
        if (current == null || bodyWaits()) {
            return false;
        }
        if (current.bodyDiscarded) {
            return discardBody(current, in);
        }
        boolean any = false;
        while (!current.bodyPaused && stream == current) {
            BodySink sink = current.bodySink;
            if (sink == null) {
                break;
            }
            ByteBuf chunk = current.decoder.next(in, loop.parser, settings().head());
            if (chunk == null) {
                break;
            }
            any = true;
            if (current.decoder.received() > current.bodyBytesMax) {
                chunk.release();
                bodyFailed(
                        current,
                        Failure.of(
                                Failure.Kind.BODY_TOO_LARGE,
                                "more than " + current.bodyBytesMax + " bytes"));
                return false;
            }
            sink.data(chunk);
        }
        if (stream == current && current.bodyDiscarded && phase == Phase.BODY) {
            return true; // The taker gave up meanwhile: what is at hand is thrown away now.
        }
        return stream == current && bodyAfterChunks(current, any);
    }

    private boolean bodyAfterChunks(Http1ServerStream current, boolean any) {
        BodySink sink = current.bodySink;
        if (current.decoder.isBad()) {
            loop.counters().add(Count.REQUESTS_MALFORMED, 1);
            bodyFailed(current, current.decoder.problem().inRequest());
            return false;
        }
        if (current.decoder.isDone()) {
            bodyEnded(current);
            if (sink != null) {
                sink.end(current.decoder.trailer());
            }
            return phase != Phase.CLOSED;
        }
        if (any && sink != null) {
            sink.flush();
        }
        if (stream == current) {
            waitForBodyOrNothing(current);
        }
        return false;
    }

    private boolean discardBody(Http1ServerStream current, ByteBuf in) {
        int before = in.readableBytes();
        while (true) {
            ByteBuf chunk = current.decoder.next(in, loop.parser, settings().head());
            if (chunk == null) {
                break;
            }
            chunk.release();
        }
        discarded += before - in.readableBytes();
        loop.counters().add(Count.DISCARDED_BYTES, before - in.readableBytes());
        if (current.decoder.isDone()) {
            bodyEnded(current);
            return true;
        }
        if (current.decoder.isBad() || discarded > settings().discardBytes()) {
            if (current.responseDone) {
                lingerThenClose();
            } else {
                current.closeAfterwards();
                in.skipBytes(in.readableBytes());
            }
        }
        if (phase == Phase.BODY && channel.isWritable()) {
            waitUntil(settings().bodyTimeout().toNanos());
        }
        return false;
    }

    private void bodyEnded(Http1ServerStream current) {
        current.bodyEnded = true;
        discarded = 0;
        phase = Phase.ANSWER;
        loop.setTimeout(timeout, Timeout.NEVER);
        nextIfDone(current);
    }

    /** The request can not be completed; the handler may still answer if nothing was committed. */
    private void bodyFailed(Http1ServerStream current, Failure why) {
        current.bodySink = null;
        current.bodyDiscarded = true;
        discarded = settings().discardBytes();
        current.closeAfterwards();
        current.clientFailed(why);
    }

    // Output.

    void write(ByteBuf out) {
        channel.write(out, noPromise);
    }

    /** Flushes now, or once after all the requests at hand. */
    void flush() {
        if (working) {
            flushWanted = true;
        } else {
            channel.flush();
        }
    }

    boolean isWritable() {
        if (working && flushWanted) {
            flushWanted = false;
            channel.flush();
        }
        return channel.isWritable();
    }

    /** The other side of a tunnel sends no more. */
    void shutOutput() {
        flushThenShutOutput();
    }

    /** The client does not take what is ready: from now on it has the send time-out to do so. */
    void watchSending() {
        unsent = unsentBytes();
        countBuffered();
        waitUntil(settings().sendTimeout().toNanos());
    }

    /** Whether the client took anything of what waits since {@link #watchSending}. */
    private boolean clientTakes() {
        long now = unsentBytes();
        return now > 0 && now < unsent;
    }

    /** Tells the loop what waits here; called only where something does, or did. */
    private void countBuffered() {
        ByteBuf in = pending;
        long now = phase == Phase.CLOSED ? 0 : unsentBytes() + (in == null ? 0 : in.capacity());
        loop.buffered(now - buffered);
        buffered = now;
    }

    private long unsentBytes() {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
    }

    boolean isLastRequest() {
        return draining || requests >= settings().requestsPerConnection();
    }

    void tunnelOpened() {
        phase = Phase.BODY;
        loop.counters().add(Count.TUNNELS_OPEN, 1);
        loop.setTimeout(timeout, Timeout.NEVER);
    }

    /** The answer's last byte has been written, though not flushed yet. */
    void responseEnded(Http1ServerStream current) {
        flush();
        if (current.tunnel) {
            // Both directions are over, or the upstream has gone: nothing can be answered any more.
            loop.counters().add(Count.TUNNELS_OPEN, -1);
            current.bodyEnded = true;
            phase = Phase.ANSWER;
            nextIfDone(current);
            return;
        }
        if (!current.bodyEnded) {
            if (current.closeAfterwards) {
                lingerThenClose();
            } else {
                current.discard();
            }
            return;
        }
        nextIfDone(current);
    }

    private void nextIfDone(Http1ServerStream current) {
        if (!current.responseDone || !current.bodyEnded || phase == Phase.CLOSED) {
            return;
        }
        boolean last = current.closeAfterwards;
        stream = null;
        current.detach();
        if (last) {
            if (pending != null || working) {
                lingerThenClose();
            } else {
                flushThenClose();
            }
            return;
        }
        phase = Phase.HEAD;
        lastActiveNanos = loop.now();
        waitUntil(
                draining
                        ? Math.min(DRAIN_IDLE_NANOS, settings().idleTimeout().toNanos())
                        : settings().idleTimeout().toNanos());
        if (!working && (pending != null || inputStopped)) {
            resumeInput();
        }
    }

    // Ends.

    private void inputEnded() {
        Http1ServerStream current = stream;
        switch (phase) {
            case HEAD -> {
                if (current == null && unsentBytes() > 0) {
                    flushThenClose(); // It may still be reading the last answer.
                } else {
                    closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "closed within a head"));
                }
            }
            case BODY -> {
                if (current == null) {
                    return;
                }
                if (current.decoder.endOfInput()) {
                    BodySink sink = current.bodySink;
                    bodyEnded(current);
                    if (sink != null) {
                        sink.end(null);
                    }
                } else {
                    closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "closed within a body"));
                }
            }
            case ANSWER -> {
                if (current != null && clientWaits(current)) {
                    current.closeAfterwards();
                } else {
                    closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "closed while waiting"));
                }
            }
            case LINGER -> flushThenClose();
            case CLOSED -> {}
        }
    }

    private boolean clientWaits(Http1ServerStream current) {
        if (current.tunnel) {
            return true; // Each direction of a tunnel ends by itself.
        }
        return switch (settings().halfClose()) {
            case AUTO -> !current.framing.persistent;
            case ANSWER -> true;
            case CANCEL -> false;
        };
    }

    private void timedOut() {
        Http1ServerStream current = stream;
        switch (phase) {
            case HEAD -> {
                if (current != null && current.head.length > 0) {
                    loop.counters().add(Count.HEAD_TIMEOUTS, 1);
                    refuse(
                            current,
                            Failure.of(Failure.Kind.HEAD_TIMEOUT, "head not complete in time"));
                } else if (unsentBytes() > 0 && unsentBytes() != unsent) {
                    watchSending(); // Not idle: the client is still taking the last answer.
                } else {
                    loop.counters().add(Count.IDLE_CLOSED, 1);
                    closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "idle"));
                }
            }
            case BODY, ANSWER -> {
                if (current == null) {
                    return;
                }
                if (!channel.isWritable() && clientTakes()) {
                    watchSending();
                    return;
                }
                loop.counters().add(Count.BODY_TIMEOUTS, 1);
                boolean answerable = !current.responseDone && !current.tunnel;
                if (channel.isWritable() && phase == Phase.BODY && answerable) {
                    bodyFailed(current, Failure.of(Failure.Kind.REQUEST_TIMEOUT, "body stalled"));
                } else {
                    closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "takes no bytes"));
                }
            }
            case LINGER -> {
                if (clientTakes()) {
                    watchSending();
                } else {
                    closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "lingered"));
                }
            }
            case CLOSED -> {}
        }
    }

    /** The process is stopping: no further request, and idle connections go. */
    void drain() {
        draining = true;
        if (phase == Phase.HEAD && stream == null) {
            loop.tick();
            long idle = loop.now() - lastActiveNanos;
            if (unsentBytes() > 0) {
                flushThenClose();
            } else if (idle >= DRAIN_IDLE_NANOS) {
                closeNow(Failure.of(Failure.Kind.SHUTTING_DOWN, "idle at shutdown"));
            } else {
                // A request may be on its way; it is answered, with Connection: close.
                waitUntil(DRAIN_IDLE_NANOS - idle);
            }
        }
    }

    /** An answer can not be completed. The client must not take the part for the whole. */
    void cut() {
        channel.flush();
        if (stream != null && stream.closeDelimited && channel instanceof SocketChannel socket) {
            socket.config().setSoLinger(0);
        }
        closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "cut"));
    }

    private void flushThenClose() {
        phase = Phase.LINGER;
        flushWanted = false;
        watchSending();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /**
     * Closing with unread input would reset the connection and could take the answer with it (RFC
     * 9112 section 9.6): close our half and read until the client does, within bounds.
     */
    private void lingerThenClose() {
        if (phase == Phase.CLOSED) {
            return;
        }
        Http1ServerStream current = stream;
        stream = null;
        if (current != null) {
            current.detach();
        }
        if (inputEnded) {
            flushThenClose();
            return;
        }
        phase = Phase.LINGER;
        flushWanted = false;
        watchSending();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> linger());
        if (inputStopped && phase == Phase.LINGER) {
            inputStopped = false;
            channel.config().setAutoRead(true);
        }
    }

    /** The answer is out: its end is told, and the client has a moment to see it. */
    private void linger() {
        if (phase == Phase.LINGER && channel instanceof SocketChannel socket) {
            socket.shutdownOutput();
            waitUntil(LINGER_NANOS);
        }
    }

    private void flushThenShutOutput() {
        flushWanted = false;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(done -> {
                    if (channel instanceof SocketChannel socket && socket.isActive()) {
                        socket.shutdownOutput();
                    }
                });
    }

    private void closeNow(Failure why) {
        if (phase == Phase.CLOSED) {
            return;
        }
        boolean told = phase != Phase.LINGER;
        phase = Phase.CLOSED;
        loop.removeTimeout(timeout);
        if (pending != null) {
            pending.release();
            pending = null;
        }
        if (buffered != 0) {
            countBuffered();
        }
        Http1ServerStream current = stream;
        stream = null;
        if (current != null) {
            endStream(current, why, told);
        }
        channel.close();
    }

    private void endStream(Http1ServerStream current, Failure why, boolean told) {
        if (current.tunnel && !current.responseDone) {
            loop.counters().add(Count.TUNNELS_OPEN, -1);
        }
        if (!current.isBegun()) {
            current.dropUnused();
            return;
        }
        current.bodySink = null;
        if (told) {
            current.clientFailed(why);
        }
        current.detach();
    }

    // Time-outs.

    private void waitForBodyOrNothing(Http1ServerStream current) {
        if (phase == Phase.BODY && !current.tunnel && !bodyWaits()) {
            waitUntil(settings().bodyTimeout().toNanos());
        } else {
            loop.setTimeout(timeout, Timeout.NEVER);
        }
    }

    private void waitUntil(long nanosFromNow) {
        loop.setTimeout(timeout, loop.now() + nanosFromNow);
    }

    private ServerSettings settings() {
        return listener.settings();
    }

    private Peer peer() {
        Peer known = peer;
        if (known == null) {
            known = Peer.of(channel.remoteAddress(), channel.localAddress());
            peer = known;
        }
        return known;
    }
}
