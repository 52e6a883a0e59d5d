package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an upstream speaking HTTP/1.1: carries one call at a time, sends its request,
 * reads its answer strictly and goes back to the pool if both ended cleanly.
 *
 * <p>Implementation notes. The first call opens the connection, so that there is somebody to tell
 * if the system refuses at once; its request goes out with the connection. Request and response run
 * independently: an answer may come before the request is complete. Only when both are complete, no
 * byte is left over and neither side asked to close does the connection return to the pool; every
 * doubt closes it, since a connection out of step would give one client's answer to another.
 *
 * <p>Thread: one event loop. Lifetime: from opening to {@link #channelInactive}.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter
        implements UpstreamCall, ResponseHead, BodySource, BodySink {

    private static final int JOIN_BYTES = 4096;
    private static final int FEED_BYTES = 2048;
    private static final int INFORMATIONAL_MAX = 32;
    private static final int CHUNK_LINE_BYTES = 20;
    private static final byte[] CONNECTION_TE = Ascii.bytes("Connection: TE\r\n");
    private static final byte[] CRLF = Ascii.bytes("\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

    private enum Phase {
        CONNECTING,
        IDLE,
        /** The request is out or on its way, the answer's head is awaited. */
        HEAD,
        /** The answer's body is under way. */
        BODY,
        CLOSED
    }

    private final Loop loop;
    private final Upstream upstream;
    private final UpstreamPool pool;
    private final SocketChannel channel;
    private final ChannelPromise noPromise;
    private final Head head = new Head();
    private final Framing framing = new Framing();
    private final BodyDecoder decoder = new BodyDecoder();
    private final Timeout timeout =
            new Timeout() {
                @Override
                void expired(long nowNanos) {
                    timedOut();
                }
            };

    private Phase phase = Phase.CONNECTING;
    private boolean opened;
    private boolean working;
    private boolean reused;
    private long idleSince;
    private long keptNanos = Long.MAX_VALUE;
    private @Nullable ByteBuf pending;
    private boolean inputEnded;
    private boolean inputStopped;

    /** Closed but for what is still being flushed. */
    private boolean ends;

    private long buffered;

    // The call under way.
    private @Nullable ResponseSink sink;
    private @Nullable UpstreamRequest request;
    private Method method = Method.OTHER;
    private @Nullable BodySource requestBody;
    private boolean requestPaused;
    private boolean requestChunked;
    private boolean requestDone;
    private boolean upgradeAsked;
    private boolean tunnel;
    private boolean responsePaused;
    private @Nullable ByteBuf unwritten;
    private int informational;
    private long deadline;
    private long responseTimeout;
    private long received;
    private long connectedAt;

    UpstreamConnection(Loop loop, Upstream upstream, UpstreamPool pool, SocketChannel channel) {
        this.loop = loop;
        this.upstream = upstream;
        this.pool = pool;
        this.channel = channel;
        this.noPromise = channel.voidPromise();
    }

    // Opening.

    private void open() {
        long limit = loop.now() + upstream.settings().connectTimeout().toNanos();
        loop.setTimeout(timeout, Math.min(deadline, limit));
        loop.netty().register(channel).addListener(this::registered);
    }

    private void registered(Future<?> done) {
        if (!done.isSuccess()) {
            fail(connectFailure(done.cause()));
            return;
        }
        channel.connect(upstream.address()).addListener(this::connected);
    }

    private void connected(Future<?> done) {
        loop.tick();
        if (phase != Phase.CONNECTING) {
            return;
        }
        try {
            connectEnded(done);
        } catch (RuntimeException e) {
            broken(e);
        }
    }

    private void connectEnded(Future<?> done) {
        if (!done.isSuccess()) {
            loop.counters().add(Count.UPSTREAM_FAILED, 1);
            fail(connectFailure(done.cause()));
            return;
        }
        opened = true;
        loop.counters().add(Count.UPSTREAM_OPENED, 1);
        loop.counters().add(Count.UPSTREAM_OPEN, 1);
        connectedAt = loop.now();
        UpstreamRequest waiting = request;
        if (waiting == null) {
            becomeIdle();
        } else {
            sendNow(waiting);
        }
    }

    private static Failure connectFailure(@Nullable Throwable cause) {
        String text = cause == null ? "" : String.valueOf(cause.getMessage());
        Failure.Kind kind;
        if (cause instanceof ConnectException && text.contains("refused")) {
            kind = Failure.Kind.CONNECT_REFUSED;
        } else if (text.contains("reset")) {
            // It was open and gone before we looked: accepted and reset, by a full server.
            kind = Failure.Kind.UPSTREAM_RESET;
        } else {
            kind = Failure.Kind.CONNECT_FAILED;
        }
        return new Failure(kind, true, "connect", cause);
    }

    // The call.

    @Override
    public void send(UpstreamRequest request, ResponseSink sink) {
        this.sink = sink;
        this.request = request;
        method = request.head().method();
        deadline = request.deadlineNanos();
        responseTimeout = request.responseTimeoutNanos();
        if (responseTimeout == 0) {
            responseTimeout = upstream.settings().responseTimeout().toNanos();
        }
        received = 0;
        informational = 0;
        tunnel = false;
        requestPaused = false;
        responsePaused = false;
        if (phase == Phase.CONNECTING) {
            connectedAt = 0;
            open();
        } else {
            connectedAt = loop.now();
            sendNow(request);
        }
    }

    private void sendNow(UpstreamRequest call) {
        phase = Phase.HEAD;
        head.clear();
        Head out = call.head();
        HeadEdits edits = call.edits();
        BodySource body = call.body();
        requestBody = body;
        requestChunked = body != null && body.length() < 0;
        requestDone = body == null;
        upgradeAsked = call.wantsUpgrade();
        edits.dropHopByHop(out, call.namesFields());
        frame(out, edits, body == null ? 0 : body.length());
        if (upgradeAsked) {
            keepUpgrade(out, edits);
        } else if (out.has(Field.TE) && HeadEdits.asksForTrailers(out)) {
            edits.addLine(CONNECTION_TE); // RFC 9110 section 10.1.4: TE belongs to this hop.
        }
        int size = HeadWriter.sizeOf(out, edits) + (body == null ? 0 : JOIN_BYTES / 4);
        ByteBuf buffer = loop.allocator().directBuffer(size);
        HeadWriter.request(
                buffer,
                out,
                edits,
                requestChunked,
                upgradeAsked ? HeadWriter.Connection.UPGRADE : HeadWriter.Connection.NONE);
        unwritten = buffer;
        awaitMore();
        if (body == null) {
            flush();
        } else {
            body.start(this);
            if (phase != Phase.CLOSED) {
                flush();
            }
        }
    }

    /**
     * The length that is announced is the one of the body that is sent, which need not be the
     * client's: anything else would put the connection out of step.
     */
    private static void frame(Head out, HeadEdits edits, long length) {
        int number = out.find(Field.CONTENT_LENGTH);
        if (number == Head.NONE) {
            if (length > 0) {
                edits.add(Field.CONTENT_LENGTH.text(), Long.toString(length));
            }
        } else if (Framing.decimal(out.bytes, out.valueStart(number), out.valueEnd(number))
                != length) {
            edits.drop(out, Field.CONTENT_LENGTH);
            if (length >= 0) {
                edits.add(Field.CONTENT_LENGTH.text(), Long.toString(length));
            }
        }
    }

    private static void keepUpgrade(Head out, HeadEdits edits) {
        for (int i = out.find(Field.UPGRADE); i != Head.NONE; i = out.next(Field.UPGRADE, i)) {
            edits.begin("Upgrade").append(out.bytes, out.valueStart(i), out.valueEnd(i)).end();
        }
    }

    @Override
    public void cancel() {
        sink = null;
        close();
    }

    @Override
    public boolean isReused() {
        return reused;
    }

    @Override
    public long bytesReceived() {
        return received;
    }

    @Override
    public long connectedNanos() {
        return connectedAt;
    }

    @Override
    public void tunnelFrom(BodySource client) {
        requestBody = client;
        requestPaused = false;
        client.start(this);
    }

    // The request's body, as a sink.

    @Override
    public void data(ByteBuf chunk) {
        if (phase == Phase.CLOSED || (requestDone && !tunnel)) {
            chunk.release();
            return;
        }
        int count = chunk.readableBytes();
        ByteBuf waiting = unwritten;
        if (waiting != null
                && count <= JOIN_BYTES
                && waiting.writableBytes() >= count + CHUNK_LINE_BYTES) {
            if (requestChunked) {
                waiting.writeCharSequence(Integer.toHexString(count), StandardCharsets.US_ASCII);
                waiting.writeBytes(CRLF).writeBytes(chunk).writeBytes(CRLF);
            } else {
                waiting.writeBytes(chunk);
            }
            chunk.release();
            return;
        }
        if (requestChunked) {
            waiting = waiting == null ? loop.allocator().directBuffer(64) : waiting;
            waiting.writeCharSequence(Integer.toHexString(count), StandardCharsets.US_ASCII);
            waiting.writeBytes(CRLF);
        }
        if (waiting != null) {
            write(waiting);
            unwritten = null;
        }
        write(chunk);
        if (requestChunked) {
            unwritten = loop.allocator().directBuffer(64).writeBytes(CRLF);
        }
    }

    @Override
    public void flush() {
        if (phase == Phase.CLOSED) {
            return;
        }
        ByteBuf out = unwritten;
        if (out != null) {
            unwritten = null;
            write(out);
        }
        channel.flush();
        BodySource body = requestBody;
        if (body != null && !requestPaused && !channel.isWritable()) {
            requestPaused = true;
            body.pause();
            countBuffered();
        }
        if (phase == Phase.HEAD || tunnel) {
            awaitMore();
        }
    }

    @Override
    public void end(@Nullable Head trailer) {
        if (phase == Phase.CLOSED) {
            return;
        }
        requestDone = true;
        if (tunnel) {
            requestBody = null;
            flush();
            if (inputEnded && pending == null) {
                endTunnel();
            } else {
                shutOutput();
            }
            return;
        }
        if (requestChunked) {
            ByteBuf out = unwritten;
            if (out == null) {
                out = loop.allocator().directBuffer(trailer == null ? 16 : trailer.length + 16);
            }
            unwritten = out;
            if (trailer == null) {
                out.writeBytes(LAST_CHUNK);
            } else {
                out.writeBytes(LAST_CHUNK, 0, 3);
                HeadWriter.trailer(out, trailer);
            }
        }
        flush();
    }

    @Override
    public void failed(Failure failure) {
        // The request can not be completed, so the upstream must not take it for complete.
        fail(failure);
    }

    /** Both directions are over. */
    private void endTunnel() {
        ResponseSink to = sink;
        sink = null;
        if (phase != Phase.CLOSED) {
            ends = true;
            close();
            // What the client sent last may still wait for the upstream to take it.
            loop.setTimeout(timeout, loop.now() + upstream.settings().idleTimeout().toNanos());
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> closeChannel());
        }
        if (to != null) {
            to.end(null);
            to.flush();
        }
    }

    private void closeChannel() {
        loop.removeTimeout(timeout);
        channel.close();
    }

    private void write(ByteBuf out) {
        loop.counters().add(Count.UPSTREAM_BYTES_SENT, out.readableBytes());
        channel.write(out, noPromise);
    }

    /** Tells the loop what waits here; called only where something does, or did. */
    private void countBuffered() {
        long now = 0;
        if (phase != Phase.CLOSED) {
            ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
            ByteBuf in = pending;
            now = out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
            now += in == null ? 0 : in.capacity();
        }
        loop.buffered(now - buffered);
        buffered = now;
    }

    private void shutOutput() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> channel.shutdownOutput());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        BodySource body = requestBody;
        if (requestPaused && body != null && channel.isWritable()) {
            requestPaused = false;
            countBuffered();
            body.resume();
        }
    }

    // The answer.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        loop.tick();
        int count = in.readableBytes();
        received += count;
        loop.counters().add(Count.UPSTREAM_BYTES_RECEIVED, count);
        ByteBuf first = pending;
        if (first != null) {
            pending = null;
            ByteBuf both = loop.allocator().directBuffer(first.readableBytes() + count);
            both.writeBytes(first).writeBytes(in);
            first.release();
            in.release();
            in = both;
        }
        work(in);
    }

    private void work(ByteBuf in) {
        working = true;
        try {
            if (phase == Phase.IDLE && in.isReadable()) {
                close(); // Nobody asked for this.
            }
            while (phase == Phase.HEAD && in.isReadable() && readHead(in)) {
                // Interim answers are passed on until the final one.
            }
            if (phase == Phase.BODY) {
                readBody(in);
            }
            while (phase == Phase.BODY && !responsePaused && in.isReadable()) {
                readBody(in); // The sink was full and, while it flushed, wanted more again.
            }
        } finally {
            working = false;
            keepRest(in);
        }
        if (inputEnded && pending == null && phase != Phase.CLOSED) {
            inputEnded();
        }
    }

    private void keepRest(ByteBuf in) {
        if (in.isReadable() && phase == Phase.BODY && responsePaused) {
            pending = in;
            if (!inputStopped) {
                inputStopped = true;
                channel.config().setAutoRead(false);
            }
            countBuffered();
            return;
        }
        if (buffered != 0) {
            countBuffered();
        }
        boolean left = in.isReadable();
        in.release();
        if (left && phase == Phase.IDLE) {
            close();
        } else if (inputStopped && !responsePaused && phase != Phase.CLOSED) {
            inputStopped = false;
            channel.config().setAutoRead(true);
        }
    }

    /** Reads one head; true if it was an interim one and another must follow. */
    private boolean readHead(ByteBuf in) {
        HeadLimits limits = upstream.settings().head();
        while (in.isReadable()) {
            int before = head.length;
            int count =
                    Math.min(
                            Math.min(in.readableBytes(), FEED_BYTES),
                            Math.max(1, limits.headBytes() + 2 - before));
            head.reserve(count);
            in.getBytes(in.readerIndex(), head.bytes, before, count);
            head.length += count;
            int end = loop.parser.response(head, limits);
            if (end == HeadParser.BAD) {
                fail(loop.parser.problem().inResponse());
                return false;
            }
            if (end != HeadParser.MORE) {
                in.skipBytes(end - before);
                return headComplete();
            }
            in.skipBytes(count);
        }
        return false;
    }

    private boolean headComplete() {
        ResponseSink to = sink;
        Malformed wrong = framing.ofResponse(head, method);
        if (wrong != null || to == null) {
            fail((wrong == null ? Malformed.STATUS : wrong).inResponse());
            return false;
        }
        int status = head.status();
        if (status == 101 && !upgradeAsked) {
            if (head.has(Field.UPGRADE)) {
                fail(Failure.of(Failure.Kind.BAD_RESPONSE, "101 without a request to upgrade"));
                return false;
            }
            // An application's own number: a final answer without a body, and what follows is none.
            framing.persistent = false;
        } else if (status == 101) {
            tunnel = true;
            pool.tunnelOpened(this);
            requestDone = false;
            requestChunked = false;
            framing.kind = Framing.Kind.UNTIL_CLOSE;
        } else if (status < 200) {
            if (++informational > INFORMATIONAL_MAX) {
                fail(Failure.of(Failure.Kind.BAD_RESPONSE, "too many interim answers"));
                return false;
            }
            to.informational(head);
            head.clear();
            return phase == Phase.HEAD;
        }
        phase = Phase.BODY;
        decoder.start(framing.kind, framing.length);
        request = null;
        keptNanos = head.has(Field.KEEP_ALIVE) ? KeepAlive.nanos(head) : Long.MAX_VALUE;
        to.head(this);
        return false;
    }

    private void readBody(ByteBuf in) {
        ResponseSink to = sink;
        while (!responsePaused && phase == Phase.BODY && to != null) {
            ByteBuf chunk = decoder.next(in, loop.parser, upstream.settings().head());
            if (chunk == null) {
                break;
            }
            to.data(chunk);
        }
        if (phase != Phase.BODY || to == null) {
            return;
        }
        if (decoder.isBad()) {
            fail(decoder.problem().inResponse());
        } else if (decoder.isDone()) {
            responseEnded(to, in.isReadable());
        } else {
            to.flush();
            if (phase == Phase.BODY && !responsePaused) {
                awaitMore(); // While paused it is the client who is waited for.
            }
        }
    }

    private void responseEnded(ResponseSink to, boolean leftOver) {
        sink = null;
        BodySource body = requestBody;
        boolean clean =
                requestDone && framing.persistent && !leftOver && !inputEnded && unwritten == null;
        requestBody = null;
        if (clean) {
            becomeIdle();
        } else {
            close();
        }
        if (!requestDone && body != null) {
            body.discard();
        }
        to.end(decoder.trailer());
        to.flush();
    }

    private void becomeIdle() {
        phase = Phase.IDLE;
        reused = true;
        request = null;
        idleSince = loop.now();
        loop.setTimeout(timeout, Timeout.NEVER);
        pool.give(this);
    }

    long idleSinceNanos() {
        return idleSince;
    }

    /** Whether the upstream, by its own word, may be about to close this idle connection. */
    boolean isStale(long now) {
        return now - idleSince >= keptNanos;
    }

    // ResponseHead and the answer's body as a source.

    @Override
    public Head head() {
        return head;
    }

    @Override
    public boolean hasBody() {
        return framing.kind != Framing.Kind.NONE;
    }

    @Override
    public BodySource source() {
        return this;
    }

    @Override
    public boolean namesFields() {
        return framing.namesFields;
    }

    @Override
    public long length() {
        return decoder.declared();
    }

    @Override
    public void start(BodySink sink) {
        throw new IllegalStateException("the answer's body is pushed from its head on");
    }

    @Override
    public void pause() {
        responsePaused = true;
        loop.setTimeout(timeout, Timeout.NEVER);
        if (!inputStopped && phase != Phase.CLOSED) {
            inputStopped = true;
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void resume() {
        responsePaused = false;
        if (working || phase != Phase.BODY) {
            return;
        }
        awaitMore();
        ByteBuf in = pending;
        pending = null;
        work(in == null ? Unpooled.EMPTY_BUFFER : in);
    }

    @Override
    public void discard() {
        cancel();
    }

    // Ends.

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

    private void inputEnded() {
        switch (phase) {
            case CONNECTING, CLOSED -> {}
            case IDLE -> close();
            case HEAD ->
                    fail(
                            Failure.of(
                                    Failure.Kind.UPSTREAM_CLOSED,
                                    head.length == 0 ? "before its answer" : "within a head"));
            case BODY -> {
                ResponseSink to = sink;
                if (tunnel) {
                    tunnelInputEnded(to);
                } else if (decoder.endOfInput() && to != null) {
                    responseEnded(to, false);
                } else {
                    fail(Failure.of(Failure.Kind.UPSTREAM_CLOSED, "within a body"));
                }
            }
        }
    }

    private void tunnelInputEnded(@Nullable ResponseSink to) {
        if (requestDone || to == null) {
            endTunnel();
        } else {
            to.flush();
            to.halfClosed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        loop.tick();
        if (!(cause instanceof IOException)) {
            broken(cause);
            return;
        }
        boolean answering = phase == Phase.HEAD || (phase == Phase.BODY && !tunnel);
        if (answering && isWriteFailure(cause)) {
            // The answer may explain why the upstream takes no more: go on reading for it.
            stopRequest();
            return;
        }
        fail(Failure.of(Failure.Kind.UPSTREAM_RESET, "connection broke", cause));
    }

    /** A fault of our own: it fails this call and no other. */
    private void broken(Throwable cause) {
        loop.report("upstream connection", cause);
        fail(Failure.of(Failure.Kind.INTERNAL, "fault in the gateway", cause));
    }

    private static boolean isWriteFailure(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return cause instanceof ChannelOutputShutdownException
                || text.contains("Broken pipe")
                || text.contains("write");
    }

    private void stopRequest() {
        BodySource body = requestBody;
        requestBody = null;
        // Whatever was written last, this connection takes no other request.
        requestDone = false;
        if (body != null) {
            body.discard();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.tick();
        if (phase != Phase.CLOSED) {
            // A body that ends with its connection ends with its FIN, which came before if at all.
            fail(Failure.of(Failure.Kind.UPSTREAM_CLOSED, "connection closed"));
        }
    }

    private void timedOut() {
        switch (phase) {
            case CONNECTING -> {
                loop.counters().add(Count.UPSTREAM_FAILED, 1);
                fail(timeoutFailure(Failure.Kind.CONNECT_TIMEOUT).whereRetryIsSafe());
            }
            case HEAD ->
                    fail(
                            timeoutFailure(
                                    requestDone
                                            ? Failure.Kind.RESPONSE_TIMEOUT
                                            : Failure.Kind.IDLE_TIMEOUT));
            case BODY -> fail(Failure.of(Failure.Kind.IDLE_TIMEOUT, "no bytes"));
            case IDLE -> {}
            case CLOSED -> channel.close();
        }
    }

    private Failure timeoutFailure(Failure.Kind kind) {
        return loop.now() >= deadline
                ? Failure.of(Failure.Kind.DEADLINE_EXCEEDED, "in " + phase)
                : Failure.of(kind, "in " + phase);
    }

    /** Sets what the next wait is bounded by. */
    private void awaitMore() {
        UpstreamSettings settings = upstream.settings();
        long now = loop.now();
        if (tunnel) {
            loop.setTimeout(timeout, now + settings.tunnelTimeout().toNanos());
        } else if (phase == Phase.HEAD) {
            long wait = requestDone ? responseTimeout : settings.idleTimeout().toNanos();
            loop.setTimeout(timeout, Math.min(deadline, now + wait));
        } else if (phase == Phase.BODY) {
            loop.setTimeout(timeout, now + settings.idleTimeout().toNanos());
        }
    }

    private void fail(Failure why) {
        ResponseSink to = sink;
        sink = null;
        close();
        if (to != null) {
            to.failed(why);
        }
    }

    /** Ends a tunnel to a service that a reload took away; see {@code drain.tunnels}. */
    void endRetired() {
        fail(Failure.of(Failure.Kind.SHUTTING_DOWN, "the service was removed"));
    }

    /** Closes at once; the sink, if there is one still, is told nothing. */
    void close() {
        if (phase == Phase.CLOSED) {
            return;
        }
        if (phase == Phase.IDLE) {
            pool.forget(this);
        }
        phase = Phase.CLOSED;
        if (tunnel) {
            pool.tunnelClosed(this);
        }
        request = null;
        requestBody = null;
        loop.removeTimeout(timeout);
        if (pending != null) {
            pending.release();
            pending = null;
        }
        if (unwritten != null) {
            unwritten.release();
            unwritten = null;
        }
        if (buffered != 0) {
            countBuffered();
        }
        if (opened) {
            loop.counters().add(Count.UPSTREAM_OPEN, -1);
        }
        upstream.connectionClosed();
        if (!ends) {
            channel.close();
        }
    }
}
