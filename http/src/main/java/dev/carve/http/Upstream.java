package dev.carve.http;

import io.netty.channel.ChannelException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One address that calls are sent to: its settings, the process-wide count of its connections, and
 * a pool of idle connections per loop. Lives across reloads while its definition stays equal.
 *
 * <p>Implementation notes. A connection that is idle on one loop is of no use to another, but
 * counts against the bound on connections. At the bound a loop therefore asks one that has an idle
 * connection to close it. The place goes from hand to hand and is counted all the time, so that
 * nobody comes between and the bound holds. No more calls ask a loop than it has idle connections;
 * all others find the bound reached at once.
 *
 * <p>Threads: made by control; {@link #call} on the loop of the exchange.
 */
public final class Upstream {

    private final SocketAddress address;
    private final Loops loops;
    private final UpstreamPool[] pools;
    private final AtomicInteger connections = new AtomicInteger();

    /** Whose security this one has; null for its own. */
    private final @Nullable Upstream origin;

    // Written by control, read by any.
    private volatile UpstreamSettings settings;
    private volatile @Nullable TlsClient tls;
    private volatile boolean retired;
    private volatile int retirements;

    /**
     * @param address of the network, or a {@link java.net.UnixDomainSocketAddress}
     */
    public Upstream(Loops loops, SocketAddress address, UpstreamSettings settings) {
        this(loops, address, settings, null);
    }

    private Upstream(
            Loops loops,
            SocketAddress address,
            UpstreamSettings settings,
            @Nullable Upstream origin) {
        this.loops = loops;
        this.origin = origin;
        this.address = loops.transport().own(address);
        this.settings = settings;
        pools = new UpstreamPool[loops.all().size()];
        for (Loop loop : loops.all()) {
            pools[loop.number()] = new UpstreamPool(loop, this);
        }
    }

    /**
     * Another one at the same address, which shares neither connections nor bounds with this, but
     * is as secure, whatever becomes of that.
     */
    public Upstream apart(UpstreamSettings settings) {
        return new Upstream(loops, address, settings, this);
    }

    SocketAddress address() {
        return address;
    }

    public UpstreamSettings settings() {
        return settings;
    }

    /** How many event loops may call it. */
    public int loops() {
        return pools.length;
    }

    /** Open connections, idle and busy, of all loops; any thread. */
    public int connections() {
        return connections.get();
    }

    /** Replaces the settings for calls to come. Control. */
    public void reconfigure(UpstreamSettings settings) {
        this.settings = settings;
    }

    /**
     * Connections still to come speak TLS, or no longer; those that are there stay. Control.
     *
     * @param tls null for none
     * @param name what the certificate of the service must be for
     */
    public void secure(@Nullable UpstreamTls tls, String name) {
        TlsClient now = this.tls;
        if (tls == null) {
            this.tls = null;
        } else if (now == null || !now.isOf(tls, name)) {
            this.tls = new TlsClient(tls, name, port());
        }
    }

    private int port() {
        return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }

    /** Makes the secure layer of each connection; null where there is none. */
    @Nullable TlsClient tls() {
        Upstream other = origin;
        return other == null ? tls : other.tls();
    }

    /**
     * No more calls will come: idle connections close, busy ones after their call, tunnels after
     * this time at the latest. Control.
     */
    public void retire(Duration tunnels) {
        retired = true;
        int number = retirements + 1;
        retirements = number;
        for (UpstreamPool pool : pools) {
            pool.loop().execute(pool::clear);
            pool.loop()
                    .executeLater(
                            () -> endTunnels(pool, number),
                            tunnels.toNanos(),
                            TimeUnit.NANOSECONDS);
        }
    }

    private void endTunnels(UpstreamPool pool, int retirement) {
        if (retired && retirements == retirement) {
            pool.endTunnels();
        }
    }

    /** Calls come again after all; what was open and busy is kept from now on. Control. */
    public void revive() {
        retired = false;
    }

    boolean isRetired() {
        return retired;
    }

    /**
     * A connection for one call: an idle one of this loop, else a new one that is being opened, for
     * which one that is idle elsewhere may have to be closed first. Null if the bound on
     * connections is reached and none is idle. To be sent over before the loop turns to anything
     * else.
     *
     * @param fresh never an idle one, since the last one turned out to be closed
     */
    public @Nullable UpstreamCall call(Loop loop, boolean fresh) {
        UpstreamPool pool = pools[loop.number()];
        UpstreamConnection idle = fresh ? null : pool.take();
        if (idle != null) {
            loop.counters().add(LoopCounters.Count.UPSTREAM_REUSED, 1);
            return idle;
        }
        UpstreamPool giver = null;
        if (!takePlace() && !pool.handOver()) {
            giver = withIdle(pool);
            if (giver == null) {
                return null;
            }
        }
        try {
            UpstreamConnection made = pool.open(loops);
            if (giver != null) {
                made.awaitPlace();
                askForPlace(made, pool, giver, pools.length);
            }
            return made;
        } catch (ChannelException e) {
            // The system gives no socket, as when descriptors run out.
            if (giver == null) {
                connections.decrementAndGet();
            } else {
                giver.unclaim();
            }
            loop.counters().add(LoopCounters.Count.UPSTREAM_FAILED, 1);
            return null;
        }
    }

    /** Counts one more connection, unless the bound is reached. */
    private boolean takePlace() {
        if (connections.incrementAndGet() > settings.connections()) {
            connections.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Another loop's pool with an idle connection that nobody else asks for; null if none has. */
    private @Nullable UpstreamPool withIdle(UpstreamPool own) {
        int count = pools.length;
        int at = own.loop().number();
        for (int i = 1; i < count; i++) {
            UpstreamPool other = pools[(at + i) % count];
            if (other.claim()) {
                return other;
            }
        }
        return null;
    }

    private void askForPlace(
            UpstreamConnection taker, UpstreamPool own, UpstreamPool giver, int asks) {
        Runnable ask =
                () -> {
                    giver.unclaim();
                    boolean given = giver.handOver();
                    post(own.loop(), () -> answeredForPlace(taker, own, given, asks - 1));
                };
        post(giver.loop(), ask);
    }

    /** The loop that was asked has closed an idle connection, or had put it to use. */
    private void answeredForPlace(
            UpstreamConnection taker, UpstreamPool own, boolean given, int asksLeft) {
        own.loop().tick();
        if (!taker.awaitsPlace()) {
            if (given) {
                connectionClosed();
            }
        } else if (given || takePlace() || own.handOver()) {
            taker.placeFound();
        } else {
            UpstreamPool next = asksLeft > 0 ? withIdle(own) : null;
            if (next == null) {
                taker.noPlace();
            } else {
                askForPlace(taker, own, next, asksLeft);
            }
        }
    }

    private static void post(Loop loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            // The process ends, and its connections with it.
        }
    }

    void connectionClosed() {
        connections.decrementAndGet();
    }
}
