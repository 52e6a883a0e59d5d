package dev.carve.http;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of one loop to one upstream, the last used on top, so that those at the
 * bottom age. What is not needed goes soon, a few stay for long; see {@link
 * UpstreamSettings#idleKept}.
 *
 * <p>Thread: one event loop, but for what other loops claim.
 */
final class UpstreamPool {

    private final Loop loop;
    private final Upstream upstream;

    /** How many are idle, for other loops to see. */
    private final AtomicInteger idleCount = new AtomicInteger();

    // Any loop: how many other loops have asked to be closed for them.
    private final AtomicInteger claims = new AtomicInteger();

    // Event loop only.
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private final Set<UpstreamConnection> tunnels = new HashSet<>();
    private final Timeout sweep =
            new Timeout() {
                @Override
                void expired(long nowNanos) {
                    sweep(nowNanos);
                }
            };

    UpstreamPool(Loop loop, Upstream upstream) {
        this.loop = loop;
        this.upstream = upstream;
    }

    Loop loop() {
        return loop;
    }

    /** The idle connection used last, null if there is none that can be trusted. */
    @Nullable UpstreamConnection take() {
        UpstreamConnection last = idle.pollLast();
        while (last != null && last.isStale(loop.now())) {
            last.close();
            last = idle.pollLast();
        }
        tellIdle();
        return last;
    }

    private void tellIdle() {
        idleCount.setRelease(idle.size());
    }

    /**
     * Claims an idle connection for another loop, which then asks this one to {@link #handOver} it;
     * false if all are claimed. Any loop; {@link #unclaim} follows.
     */
    boolean claim() {
        if (claims.incrementAndGet() <= idleCount.getAcquire()) {
            return true;
        }
        claims.decrementAndGet();
        return false;
    }

    void unclaim() {
        claims.decrementAndGet();
    }

    /** Closes the oldest idle connection and leaves its place to the caller; false if none is. */
    boolean handOver() {
        UpstreamConnection oldest = idle.peekFirst();
        if (oldest == null) {
            return false;
        }
        oldest.handOver();
        return true;
    }

    /** A new connection, which its first call opens. */
    UpstreamConnection open(Loops loops) {
        DuplexChannel channel = loops.transport().channel(upstream.address());
        TlsClient tls = upstream.tls();
        TlsLayer layer = tls == null ? null : new TlsLayer(tls.layer(loops.handshakes()));
        UpstreamConnection connection =
                new UpstreamConnection(loop, upstream, this, channel, layer);
        channel.config().setAllocator(loops.allocator());
        if (upstream.address() instanceof InetSocketAddress) {
            channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        }
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        // A failed write must not throw away the answer that may explain it.
        channel.config().setAutoClose(false);
        channel.config().setRecvByteBufAllocator(loops.receiveSizes());
        channel.config().setConnectTimeoutMillis(0);
        if (layer != null) {
            channel.pipeline().addLast(layer.handler());
        }
        channel.pipeline().addLast(connection);
        return connection;
    }

    /** A call is over and its connection can carry another. */
    void give(UpstreamConnection connection) {
        if (upstream.isRetired()) {
            connection.close();
            return;
        }
        idle.addLast(connection);
        tellIdle();
        UpstreamSettings settings = upstream.settings();
        boolean excess = idle.size() > settings.idleKept();
        long wait = (excess ? settings.excessTimeout() : settings.idleTimeout()).toNanos();
        if (loop.now() + wait < sweep.deadlineNanos) {
            loop.setTimeout(sweep, loop.now() + wait);
        }
    }

    /** An idle connection was closed by its peer. */
    void forget(UpstreamConnection connection) {
        idle.remove(connection);
        tellIdle();
    }

    /** A connection has left HTTP. */
    void tunnelOpened(UpstreamConnection connection) {
        tunnels.add(connection);
    }

    void tunnelClosed(UpstreamConnection connection) {
        tunnels.remove(connection);
    }

    /** The service was taken away and its time is over. */
    void endTunnels() {
        loop.tick();
        for (UpstreamConnection each : List.copyOf(tunnels)) {
            each.endRetired();
        }
    }

    void clear() {
        while (!idle.isEmpty()) {
            idle.removeFirst().close();
        }
        loop.removeTimeout(sweep);
    }

    private void sweep(long now) {
        UpstreamSettings settings = upstream.settings();
        long excess = settings.excessTimeout().toNanos();
        long kept = settings.idleTimeout().toNanos();
        while (!idle.isEmpty()) {
            UpstreamConnection oldest = idle.getFirst();
            long age = now - oldest.idleSinceNanos();
            if (!oldest.isStale(now) && age < (idle.size() > settings.idleKept() ? excess : kept)) {
                break;
            }
            idle.removeFirst().close();
        }
        if (!idle.isEmpty()) {
            long wait = idle.size() > settings.idleKept() ? Math.min(excess, kept) : kept;
            loop.setTimeout(sweep, idle.getFirst().idleSinceNanos() + wait);
        }
    }
}
