package dev.carve.http;

import dev.carve.http.Http1ServerConnection.Phase;
import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What bounds each wait of one client connection: at any time it waits for one thing at most, and
 * what happens when that does not come depends on what it was.
 *
 * <p>Implementation note: a client that is slow to take what is ready is not idle. It is asked once
 * a send time-out, and as long as it took any byte since, it has another.
 *
 * <p>Thread: one event loop. Lifetime: that of its connection.
 */
final class Http1ServerTimeout extends Timeout {

    static final long DRAIN_IDLE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Http1ServerConnection connection;
    private final Loop loop;
    private final Channel channel;

    /** What waited for the client when it was asked last. */
    private long unsent;

    Http1ServerTimeout(Http1ServerConnection connection, Loop loop, Channel channel) {
        this.connection = connection;
        this.loop = loop;
        this.channel = channel;
    }

    /** The first byte of a head has come, or the connection has been accepted. */
    void awaitHead() {
        await(connection.settings().headTimeout());
    }

    /** The next request may come, or not. */
    void awaitRequest(boolean draining) {
        long idle = connection.settings().idleTimeout().toNanos();
        await(draining ? Math.min(DRAIN_IDLE_NANOS, idle) : idle);
    }

    /** The process is stopping; a request that is on its way already may still come. */
    void awaitLastRequest(long idleNanos) {
        await(DRAIN_IDLE_NANOS - idleNanos);
    }

    /** More of the body is awaited if there is more and somebody takes it. */
    void awaitBody(Http1ServerStream current) {
        if (connection.phase == Phase.BODY && !current.tunnel && !connection.bodyWaits()) {
            await(connection.settings().bodyTimeout());
        } else {
            awaitNothing();
        }
    }

    /** More of a body that nobody takes. */
    void awaitDiscarded() {
        await(connection.settings().bodyTimeout());
    }

    /** The client does not take what is ready: from now on it has the send time-out to do so. */
    void awaitTaking() {
        unsent = connection.output.unsentBytes();
        await(connection.settings().sendTimeout());
    }

    /** The last answer is out: the client has a moment to see it and to close. */
    void awaitClose() {
        await(LINGER_NANOS);
    }

    /** It is not the client who is waited for. */
    void awaitNothing() {
        loop.setTimeout(this, NEVER);
    }

    private void await(Duration bound) {
        await(bound.toNanos());
    }

    private void await(long nanos) {
        loop.setTimeout(this, loop.now() + nanos);
    }

    /** Nothing is waited for ever again. */
    void end() {
        loop.removeTimeout(this);
    }

    /** Whether the client took anything of what waits since {@link #awaitTaking}. */
    private boolean clientTakes() {
        long now = connection.output.unsentBytes();
        return now > 0 && now < unsent;
    }

    @Override
    void expired(long nowNanos) {
        switch (connection.phase) {
            case HEAD -> headExpired();
            case BODY, ANSWER -> exchangeExpired();
            case LINGER -> lingerExpired();
            case CLOSED -> {}
        }
    }

    private void lingerExpired() {
        if (clientTakes()) {
            connection.watchSending();
            return;
        }
        if (connection.output.unsentBytes() > 0) {
            loop.counters().add(Count.BODY_TIMEOUTS, 1);
        }
        connection.closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "lingered"));
    }

    private void headExpired() {
        Http1ServerStream current = connection.stream;
        long waiting = connection.output.unsentBytes();
        if (current != null && current.head.length > 0) {
            loop.counters().add(Count.HEAD_TIMEOUTS, 1);
            connection.refuse(
                    current, Failure.of(Failure.Kind.HEAD_TIMEOUT, "head not complete in time"));
        } else if (waiting > 0 && waiting != unsent) {
            connection.watchSending(); // Not idle: the client is still taking the last answer.
        } else {
            loop.counters().add(Count.IDLE_CLOSED, 1);
            connection.closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "idle"));
        }
    }

    private void exchangeExpired() {
        Http1ServerStream current = connection.stream;
        if (current == null) {
            return;
        }
        boolean writable = channel.isWritable();
        if (!writable && clientTakes()) {
            connection.watchSending();
            return;
        }
        loop.counters().add(Count.BODY_TIMEOUTS, 1);
        boolean answerable = !current.responseDone && !current.tunnel;
        if (writable && connection.phase == Phase.BODY && answerable) {
            connection.bodyFailed(
                    current, Failure.of(Failure.Kind.REQUEST_TIMEOUT, "body stalled"));
        } else {
            connection.closeNow(Failure.of(Failure.Kind.CLIENT_ABORTED, "takes no bytes"));
        }
    }
}
