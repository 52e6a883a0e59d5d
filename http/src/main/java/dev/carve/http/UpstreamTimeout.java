package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.http.UpstreamConnection.Phase;
import dev.carve.runtime.Failure;

/**
 * What bounds each wait of one upstream connection: at any time it waits for one thing at most, and
 * what happens when that does not come depends on what it was.
 *
 * <p>Implementation notes. An upstream that is slow to take a request is not idle. It is asked once
 * a time-out, and as long as it took any byte since, it has another, though never beyond the
 * deadline of the call. Nor is one that has taken all there is and waits for the rest: that is the
 * client's time, which the client's connection bounds, and a deadline that passes meanwhile is the
 * client's failure. Once the answer has begun its silence counts, whoever else is silent too.
 *
 * <p>Thread: one event loop. Lifetime: that of its connection.
 */
final class UpstreamTimeout extends Timeout {

    private final UpstreamConnection connection;
    private final Upstream upstream;
    private final Loop loop;

    // The call under way.
    private long deadline;
    private long responseNanos;

    /** What waited for the upstream when it was asked last. */
    private long unsent;

    UpstreamTimeout(UpstreamConnection connection, Upstream upstream, Loop loop) {
        this.connection = connection;
        this.upstream = upstream;
        this.loop = loop;
    }

    /** A call begins; what is waited for is said later. */
    void begin(UpstreamRequest call) {
        deadline = call.deadlineNanos();
        unsent = Long.MAX_VALUE;
        responseNanos = call.responseTimeoutNanos();
        if (responseNanos == 0) {
            responseNanos = upstream.settings().responseTimeout().toNanos();
        }
    }

    void awaitConnection() {
        long limit = loop.now() + upstream.settings().connectTimeout().toNanos();
        loop.setTimeout(this, Math.min(deadline, limit));
    }

    /** The upstream is to send more or, while the request is not complete, to take more of it. */
    void awaitMore() {
        UpstreamSettings settings = upstream.settings();
        long now = loop.now();
        if (connection.tunnel) {
            loop.setTimeout(this, now + settings.tunnelTimeout().toNanos());
        } else if (connection.phase == Phase.HEAD) {
            long wait =
                    connection.isRequestDone() ? responseNanos : settings.idleTimeout().toNanos();
            loop.setTimeout(this, Math.min(deadline, now + wait));
        } else if (connection.phase == Phase.BODY) {
            loop.setTimeout(this, now + settings.idleTimeout().toNanos());
        }
    }

    /** The upstream does not take what is ready: from now on it is asked whether it does. */
    void watchTaking() {
        unsent = connection.unsentBytes();
    }

    /** Whether the upstream took anything of what waits since it was asked last. */
    private boolean upstreamTakes() {
        long now = connection.unsentBytes();
        boolean takes = now > 0 && now < unsent;
        unsent = now;
        return takes;
    }

    /** The connection has ended but for its last bytes, which the upstream is to take. */
    void awaitFlush() {
        watchTaking();
        loop.setTimeout(this, loop.now() + upstream.settings().idleTimeout().toNanos());
    }

    /** It is not the upstream who is waited for. */
    void awaitNothing() {
        loop.setTimeout(this, NEVER);
    }

    /** Nothing is waited for ever again. */
    void end() {
        loop.removeTimeout(this);
    }

    @Override
    void expired(long nowNanos) {
        switch (connection.phase) {
            case CONNECTING -> {
                loop.counters().add(Count.UPSTREAM_FAILED, 1);
                connection.fail(failure(Failure.Kind.CONNECT_TIMEOUT).whereRetryIsSafe());
            }
            case HEAD -> headExpired();
            case BODY -> {
                if (upstreamTakes()) {
                    awaitMore();
                } else {
                    connection.fail(Failure.of(Failure.Kind.IDLE_TIMEOUT, "no bytes"));
                }
            }
            case IDLE -> {}
            case CLOSED -> {
                if (upstreamTakes()) {
                    awaitFlush();
                } else {
                    connection.closeChannel();
                }
            }
        }
    }

    private void headExpired() {
        boolean inTime = loop.now() < deadline;
        if (connection.isBodyAwaited()) {
            if (inTime) {
                awaitMore();
            } else {
                connection.fail(
                        Failure.of(Failure.Kind.REQUEST_TIMEOUT, "body not complete in time"));
            }
        } else if (inTime && upstreamTakes()) {
            awaitMore();
        } else {
            connection.fail(
                    failure(
                            connection.isRequestDone()
                                    ? Failure.Kind.RESPONSE_TIMEOUT
                                    : Failure.Kind.IDLE_TIMEOUT));
        }
    }

    private Failure failure(Failure.Kind kind) {
        return loop.now() >= deadline
                ? Failure.of(Failure.Kind.DEADLINE_EXCEEDED, "in " + connection.phase)
                : Failure.of(kind, "in " + connection.phase);
    }
}
