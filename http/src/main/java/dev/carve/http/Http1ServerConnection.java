package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One client connection speaking HTTP/1.0 or 1.1 (RFC 9112): runs one exchange at a time, so that
 * pipelined requests are answered in order, and owns every way in which a client's connection ends.
 *
 * <p>Implementation notes. {@link Http1RequestReader} reads the requests, {@link Http1ServerStream}
 * frames the answers and {@link Http1ServerOutput} writes them, {@link Http1ServerTimeout} bounds
 * each wait. The phase tells how far the <em>request</em> has come; whether the answer is done is
 * the stream's flag. The next request begins when both are.
 *
 * <p>Thread: one event loop. Lifetime: from accepting to {@link #channelInactive}.
 */
final class Http1ServerConnection extends ChannelInboundHandlerAdapter {

    enum Phase {
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
    private final Http1ServerTimeout timeout;
    private final Http1RequestReader reader;
    final Http1ServerOutput output;
    Phase phase = Phase.HEAD;
    @Nullable Http1ServerStream stream;
    private @Nullable Peer peer;
    private final @Nullable InetAddress counted;
    private long requests;
    private long lastActiveNanos;
    private long buffered;
    private boolean draining;

    /** A fault of our own came up on this connection; there is no second try to answer it. */
    private boolean brokenBefore;

    // The loop's list of connections.
    @Nullable Http1ServerConnection preceding;
    @Nullable Http1ServerConnection following;

    /**
     * @param counted the client's address if this connection was counted against its bound
     */
    Http1ServerConnection(
            Loop loop, Listener listener, Channel channel, @Nullable InetAddress counted) {
        this.loop = loop;
        this.listener = listener;
        this.channel = channel;
        this.counted = counted;
        this.timeout = new Http1ServerTimeout(this, loop, channel);
        this.reader = new Http1RequestReader(this, timeout, loop, channel);
        this.output = new Http1ServerOutput(this, channel);
    }

    // Netty's events.

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        loop.opened(this);
        draining = loop.draining;
        lastActiveNanos = loop.tick();
        loop.counters().add(Count.CONNECTIONS_ACCEPTED, 1);
        loop.counters().add(Count.CONNECTIONS_OPEN, 1);
        if (loop.ending) {
            end();
        } else {
            timeout.awaitHead();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        lastActiveNanos = loop.tick();
        loop.counters().add(Count.BYTES_RECEIVED, in.readableBytes());
        reader.read(in);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            loop.tick();
            reader.inputShut();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Http1ServerStream current = stream;
        if (channel.isWritable() && current != null) {
            loop.tick(); // A client that took its time may be all that happened on this loop.
            if (phase == Phase.BODY || phase == Phase.ANSWER) {
                timeout.awaitBody(current); // A head under way keeps its bound.
            }
            recountBuffered();
            current.writable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Netty wraps what epoll says of a socket that ended in this very turn.
        if (cause instanceof IOException || cause instanceof UncheckedIOException) {
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
        reader.resume();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.tick();
        closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "connection closed"));
        loop.closed(this);
        loop.counters().add(Count.CONNECTIONS_OPEN, -1);
        listener.connectionClosed(counted);
    }

    // Requests.

    /** The exchange whose head is under way; a new one if its first byte has just come. */
    Http1ServerStream streamForHead() {
        Http1ServerStream current = stream;
        if (current == null) {
            current = loop.takeStream();
            current.attach(this);
            stream = current;
            timeout.awaitHead();
        }
        return current;
    }

    /** A head is complete. */
    void begin(Http1ServerStream current) {
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
        timeout.awaitBody(current);
        listener.handler().handle(current);
    }

    /** Answers what can not be understood, and ends: where its next request begins is not known. */
    void refuse(Http1ServerStream current, Malformed why) {
        loop.counters().add(Count.REQUESTS_MALFORMED, 1);
        refuse(current, why.inRequest());
    }

    void refuse(Http1ServerStream current, Failure failure) {
        phase = Phase.ANSWER;
        current.bodyEnded = true;
        current.framing.persistent = false;
        current.framing.kind = Framing.Kind.NONE;
        current.closeAfterwards();
        current.begin(peer());
        listener.malformed(current, failure);
    }

    /** Whether body bytes must not be read now. */
    boolean bodyWaits() {
        return reader.bodyWaits();
    }

    /** Whether requests are being worked off. */
    boolean isReading() {
        return reader.isWorking();
    }

    /** Somebody takes body bytes now, or no longer wants them. */
    void resumeInput() {
        reader.resume();
    }

    void bodyEnded(Http1ServerStream current) {
        current.bodyEnded = true;
        reader.bodyEnded();
        phase = Phase.ANSWER;
        timeout.awaitNothing();
        nextIfDone(current);
    }

    void bodyFailed(Http1ServerStream current, Failure why) {
        reader.bodyFailed(current, why);
    }

    // What waits for the client.

    /** The client does not take what is ready: from now on it has the send time-out to do so. */
    void watchSending() {
        timeout.awaitTaking();
        countBuffered();
    }

    /** Tells the loop what waits here; called only where something does, or did. */
    void countBuffered() {
        long now = phase == Phase.CLOSED ? 0 : output.unsentBytes() + reader.heldBytes();
        loop.buffered(now - buffered);
        buffered = now;
    }

    /** The same where nothing may have waited. */
    void recountBuffered() {
        if (buffered != 0) {
            countBuffered();
        }
    }

    // Answers.

    /** Asked once for an answer. */
    boolean isLastRequest() {
        if (requests < settings().requestsPerConnection()) {
            return draining;
        }
        loop.counters().add(Count.LAST_REQUESTS, 1);
        return true;
    }

    void tunnelOpened() {
        phase = Phase.BODY;
        loop.counters().add(Count.TUNNELS_OPEN, 1);
        timeout.awaitNothing();
    }

    /** The answer's last byte has been written, though not flushed yet. */
    void responseEnded(Http1ServerStream current) {
        output.flush();
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
        if (last) {
            current.detach();
            if (reader.hasMore()) {
                lingerThenClose();
            } else {
                flushThenClose();
            }
            return;
        }
        phase = Phase.HEAD;
        lastActiveNanos = loop.now();
        timeout.awaitRequest(draining);
        boolean released = current.isReleased();
        current.detach(); // From here on it may be another request's.
        if (released) {
            goOn();
        } else {
            current.tellWhenReleased(this);
        }
    }

    /** The next request may begin. */
    void goOn() {
        reader.resumeIfStopped();
    }

    // Ends.

    /** The client sends no more, and all that it sent has been worked off. */
    void inputEnded() {
        Http1ServerStream current = stream;
        switch (phase) {
            case HEAD -> {
                if (current == null && output.unsentBytes() > 0) {
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

    /** The process is stopping: no further request, and idle connections go. */
    void drain() {
        draining = true;
        if (phase == Phase.HEAD && stream == null) {
            loop.tick();
            long idle = loop.now() - lastActiveNanos;
            if (output.unsentBytes() > 0) {
                flushThenClose();
            } else if (idle >= Http1ServerTimeout.DRAIN_IDLE_NANOS) {
                closeNow(Failure.of(Failure.Kind.SHUTTING_DOWN, "idle at shutdown"));
            } else {
                // A request may be on its way; it is answered, with Connection: close.
                timeout.awaitLastRequest(idle);
            }
        }
    }

    /** The process ends now: a request under way is answered if it still can be, else cut. */
    void end() {
        draining = true;
        Failure why = Failure.of(Failure.Kind.SHUTTING_DOWN, "not done when the process ended");
        Http1ServerStream current = stream;
        if (current != null && current.isBegun()) {
            current.closeAfterwards();
            current.clientFailed(why);
        }
        closeNow(why);
    }

    /**
     * An answer can not be completed. The client must not take the part for the whole, and gets the
     * part as long as it takes it: closing at once would throw away what the system has not taken
     * yet, which with io_uring is all that was flushed in this turn.
     */
    void cut() {
        if (phase == Phase.CLOSED) {
            return;
        }
        Http1ServerStream current = stream;
        stream = null;
        if (current != null) {
            if (current.closeDelimited) {
                output.resetOnClose();
            }
            endStream(current, Failure.of(Failure.Kind.CLIENT_ABORTED, "cut"), false);
        }
        reader.release();
        flushThenClose();
    }

    private void flushThenClose() {
        phase = Phase.LINGER;
        watchSending();
        output.flushThenClose();
    }

    /**
     * Closing with unread input would reset the connection and could take the answer with it (RFC
     * 9112 section 9.6): close our half and read until the client does, within bounds.
     */
    void lingerThenClose() {
        if (phase == Phase.CLOSED) {
            return;
        }
        Http1ServerStream current = stream;
        stream = null;
        if (current != null) {
            current.detach();
        }
        if (reader.hasEnded()) {
            flushThenClose();
            return;
        }
        phase = Phase.LINGER;
        watchSending();
        output.flushThenShut();
        if (phase == Phase.LINGER) {
            reader.readOn();
        }
    }

    /** Our half is closed: if it is the end, the client has a moment to see it. */
    void outputShut() {
        if (phase == Phase.LINGER) {
            loop.tick();
            timeout.awaitClose();
        }
    }

    void closeNow(Failure why) {
        if (phase == Phase.CLOSED) {
            return;
        }
        boolean told = phase != Phase.LINGER;
        phase = Phase.CLOSED;
        timeout.end();
        reader.release();
        recountBuffered();
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

    ServerSettings settings() {
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
