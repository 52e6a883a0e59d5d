package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an upstream speaking HTTP/1.1: carries one call at a time, sends its request,
 * reads its answer strictly and goes back to the pool if both ended cleanly.
 *
 * <p>Implementation notes. This class holds the call and every way in which it and the connection
 * end; {@link UpstreamRequestWriter} writes the request, {@link UpstreamResponseReader} reads the
 * answer, {@link UpstreamTimeout} bounds each wait. The first call opens the connection, so that
 * there is somebody to tell if the system refuses at once; its request goes out with the
 * connection. Request and response run independently: an answer may come before the request is
 * complete. Only when both are complete, no byte is left over and neither side asked to close does
 * the connection return to the pool; every doubt closes it, since a connection out of step would
 * give one client's answer to another.
 *
 * <p>Thread: one event loop. Lifetime: from opening to {@link #channelInactive}.
 */
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements UpstreamCall {

    enum Phase {
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
    private final DuplexChannel channel;
    private final @Nullable TlsLayer tls;
    private final UpstreamTimeout timeout;
    private final UpstreamRequestWriter writer;
    private final UpstreamResponseReader reader;

    Phase phase = Phase.CONNECTING;
    private boolean opened;
    private boolean reused;
    private long idleSince;
    private long keptNanos = Long.MAX_VALUE;
    private long buffered;

    /** Whether it has a place among the connections of the upstream. */
    private boolean counted = true;

    /** Closed but for what is still being flushed. */
    private boolean ends;

    /** The input ended without the word that ends TLS. */
    private boolean cut;

    // The call under way.
    @Nullable ResponseSink sink;
    private @Nullable UpstreamRequest request;
    boolean tunnel;
    private long connectedAt;

    /**
     * @param tls the layer below, which is in the channel already; null for none
     */
    UpstreamConnection(
            Loop loop,
            Upstream upstream,
            UpstreamPool pool,
            DuplexChannel channel,
            @Nullable TlsLayer tls) {
        this.loop = loop;
        this.upstream = upstream;
        this.pool = pool;
        this.channel = channel;
        this.tls = tls;
        this.timeout = new UpstreamTimeout(this, upstream, loop);
        this.writer = new UpstreamRequestWriter(this, timeout, loop, channel, tls);
        this.reader = new UpstreamResponseReader(this, timeout, loop, channel);
    }

    // Opening.

    /** Its place is still that of a connection of another loop; one of the next two follows. */
    void awaitPlace() {
        counted = false;
    }

    boolean awaitsPlace() {
        return !counted && phase == Phase.CONNECTING;
    }

    void placeFound() {
        counted = true;
        connect();
    }

    void noPlace() {
        fail(new Failure(Failure.Kind.OVERLOADED, true, "connections to the instance", null));
    }

    private void open() {
        timeout.awaitConnection();
        if (counted) {
            connect();
        }
    }

    private void connect() {
        loop.register(channel).addListener(this::registered);
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
        TlsLayer layer = tls;
        if (!done.isSuccess()) {
            connectFailed(connectFailure(done.cause()));
        } else if (layer == null) {
            ready();
        } else {
            layer.afterHandshake(this::handshakeEnded);
        }
    }

    private void handshakeEnded(Future<?> done) {
        loop.tick();
        if (phase != Phase.CONNECTING) {
            return;
        }
        try {
            if (done.isSuccess()) {
                ready();
            } else if (TlsFailure.isTls(done.cause())) {
                connectFailed(TlsFailure.ofHandshake(done.cause()));
            } else {
                connectFailed(connectFailure(done.cause()));
            }
        } catch (RuntimeException e) {
            broken(e);
        }
    }

    /** Nothing was sent yet. */
    private void connectFailed(Failure why) {
        loop.counters().add(Count.UPSTREAM_FAILED, 1);
        fail(why);
    }

    private void ready() {
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
        timeout.begin(request);
        tunnel = false;
        reader.expect(request.head().method());
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
        writer.send(call);
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
        return reader.received();
    }

    @Override
    public long connectedNanos() {
        return connectedAt;
    }

    @Override
    public void tunnelFrom(BodySource client) {
        writer.tunnelFrom(client);
    }

    /** What the upstream has not taken yet. */
    long unsentBytes() {
        return BufferBound.unsentBytes(channel);
    }

    /** Whether a silence now is the upstream's, and not that of a client who is slow to read. */
    boolean isUpstreamAwaited() {
        return phase == Phase.HEAD || tunnel || (phase == Phase.BODY && !reader.isPaused());
    }

    /** Whether all of the request has been given to the connection. */
    boolean isRequestDone() {
        return writer.isDone();
    }

    /** Whether a silence now is that of who sends the request's body. */
    boolean isBodyAwaited() {
        return writer.isBodyAwaited();
    }

    /** The body of the request is complete. */
    void requestEnded() {
        UpstreamRequest of = request;
        if (of != null) {
            of.sent();
        }
    }

    /** The upstream said 100: it wants the body. */
    void bodyWanted() {
        writer.goOn();
    }

    boolean asksToUpgrade() {
        return writer.asksToUpgrade();
    }

    HeadLimits headLimits() {
        return upstream.settings().head();
    }

    /** The answer's head is complete. */
    void answerBegins(long keptNanos) {
        phase = Phase.BODY;
        request = null;
        this.keptNanos = keptNanos;
    }

    /** The answer is complete, and with it the call. */
    void answerEnded(ResponseSink to, @Nullable Head trailer, boolean leftOver) {
        sink = null;
        boolean clean = writer.isClean() && reader.isPersistent() && !leftOver;
        BodySource rest = writer.takeRest();
        if (clean) {
            becomeIdle();
        } else {
            close();
        }
        if (rest != null) {
            rest.discard();
        }
        to.end(trailer);
        to.flush();
    }

    private void becomeIdle() {
        phase = Phase.IDLE;
        reused = true;
        request = null;
        idleSince = loop.now();
        timeout.awaitNothing();
        pool.give(this);
    }

    long idleSinceNanos() {
        return idleSince;
    }

    /** Whether the upstream, by its own word, may be about to close this idle connection. */
    boolean isStale(long now) {
        return now - idleSince >= keptNanos;
    }

    /** Closes while idle; its place stays counted, for another. */
    void handOver() {
        counted = false;
        close();
    }

    // Tunnels.

    /** The upstream has agreed to the other protocol. */
    void becomeTunnel() {
        tunnel = true;
        pool.tunnelOpened(this);
        writer.leaveHttp();
    }

    /** The client sends no more into a tunnel. */
    void clientEnded() {
        if (reader.isExhausted()) {
            endTunnel();
        } else {
            writer.shutOutput();
        }
    }

    /** The upstream sends no more into a tunnel. */
    private void upstreamEnded() {
        ResponseSink to = sink;
        if (writer.isDone() || to == null) {
            endTunnel();
        } else {
            to.flush();
            to.halfClosed();
        }
    }

    /** Both directions are over. */
    private void endTunnel() {
        ResponseSink to = sink;
        sink = null;
        if (phase != Phase.CLOSED) {
            ends = true;
            close();
            // What the client sent last may still wait for the upstream to take it.
            timeout.awaitFlush();
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> closeChannel());
        }
        if (to != null) {
            to.end(null);
            to.flush();
        }
    }

    void closeChannel() {
        timeout.end();
        Loop.abandon(channel);
    }

    /** Ends a tunnel to a service that a reload took away; see {@code drain.tunnels}. */
    void endRetired() {
        fail(Failure.of(Failure.Kind.SHUTTING_DOWN, "the service was removed"));
    }

    // Netty's events.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        loop.tick();
        reader.read((ByteBuf) message);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        writer.writabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        TlsLayer layer = tls;
        if (layer == null) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                loop.tick();
                reader.inputShut();
            }
        } else if (layer.isEnd(event)) {
            loop.tick();
            reader.inputShut();
        } else if (event == ChannelInputShutdownEvent.INSTANCE && !layer.hasEnded()) {
            loop.tick();
            inputCut();
        }
    }

    /** The connection's input ended, and the upstream did not say that it would. */
    private void inputCut() {
        if (phase == Phase.CONNECTING) {
            connectFailed(TlsFailure.closed());
        } else {
            cut = true;
            reader.inputShut();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable caught) {
        loop.tick();
        Throwable cause = tls == null ? caught : TlsFailure.meant(caught);
        // Netty wraps what epoll says of a socket that ended in this very turn.
        if (!(cause instanceof IOException || cause instanceof UncheckedIOException)) {
            broken(cause);
            return;
        }
        if (phase == Phase.CONNECTING) {
            connectFailed(connectFailure(cause));
            return;
        }
        boolean answering = phase == Phase.HEAD || (phase == Phase.BODY && !tunnel);
        if (answering && isWriteFailure(cause)) {
            // The answer may explain why the upstream takes no more: go on reading for it.
            writer.stop();
            return;
        }
        fail(
                tls != null && TlsFailure.isTls(cause)
                        ? TlsFailure.of(cause)
                        : Failure.of(Failure.Kind.UPSTREAM_RESET, "connection broke", cause));
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

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.tick();
        if (phase != Phase.CLOSED) {
            // A body that ends with its connection ends with its FIN, which came before if at all.
            fail(Failure.of(Failure.Kind.UPSTREAM_CLOSED, "connection closed"));
        }
    }

    // What waits here.

    /** Tells the loop what waits here; called only where something does, or did. */
    void countBuffered() {
        long now = 0;
        if (phase != Phase.CLOSED) {
            now = unsentBytes() + reader.heldBytes();
        }
        loop.buffered(now - buffered);
        buffered = now;
    }

    /** The same where nothing may have waited. */
    void recountBuffered() {
        if (buffered != 0) {
            countBuffered();
        }
    }

    // Ends.

    /** The upstream sends no more, and all that it sent has been passed on. */
    void inputEnded() {
        switch (phase) {
            case CONNECTING, CLOSED -> {}
            case IDLE -> close();
            case HEAD ->
                    fail(
                            Failure.of(
                                    Failure.Kind.UPSTREAM_CLOSED,
                                    reader.hasBegun() ? "within a head" : "before its answer"));
            case BODY -> {
                if (cut) {
                    // Whatever its framing: nobody knows whether this was all of it.
                    fail(Failure.of(Failure.Kind.UPSTREAM_CLOSED, "cut without close_notify"));
                } else if (tunnel) {
                    upstreamEnded();
                } else if (!reader.endBody()) {
                    fail(Failure.of(Failure.Kind.UPSTREAM_CLOSED, "within a body"));
                }
            }
        }
    }

    void fail(Failure why) {
        ResponseSink to = sink;
        sink = null;
        close();
        if (to != null) {
            to.failed(why);
        }
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
        timeout.end();
        writer.release();
        reader.release();
        recountBuffered();
        if (opened) {
            loop.counters().add(Count.UPSTREAM_OPEN, -1);
        }
        if (counted) {
            upstream.connectionClosed();
        }
        if (!ends) {
            Loop.abandon(channel);
        }
    }
}
