package dev.carve.gateway.service;

import dev.carve.gateway.balance.KeyHash;
import dev.carve.gateway.balance.Member;
import dev.carve.gateway.metrics.InstanceMetrics;
import dev.carve.gateway.protect.Ejection;
import dev.carve.gateway.service.Standing.State;
import dev.carve.http.Loop;
import dev.carve.http.Upstream;
import dev.carve.http.UpstreamCall;
import dev.carve.http.UpstreamSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One address of a service with what is in flight at it, and how it stands. Lives as long as some
 * snapshot names it.
 *
 * <p>Threads: any event loop begins and ends calls; {@link Service} changes the rest, on control.
 */
public final class Instance implements Member {

    /** No bound on requests. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    /** For a Host field where neither the client nor the address gives one: sockets have none. */
    private static final String LOCALHOST = "localhost";

    /** Before its service has looked at it for the first time. */
    private static final Standing UNJUDGED = new Standing(State.UP, "", Instant.EPOCH);

    private final URI url;
    private final String name;
    private final byte[] authority;
    private final String host;
    private final long identity;
    private final Upstream upstream;

    /** Held for moments, and by loops only when a first copy comes. */
    private final Object copiesLock = new Object();

    // Guarded by the lock.
    private boolean retired;

    private final InFlight inFlight = new InFlight();
    private final InstanceMetrics metrics;

    // Control only.
    private final Judgement judgement = new Judgement();

    // Written by control, read by any.
    private volatile @Nullable Upstream copies;
    private volatile int requestsMax = UNBOUNDED;
    private volatile Standing standing = UNJUDGED;
    private volatile Ejection.@Nullable Member judged;

    /** A counter on a cache line of its own: loops write it with every call. */
    @SuppressWarnings("unused") // The padding is never read.
    private static final class InFlight extends AtomicInteger {
        private static final long serialVersionUID = 1;
        private long p1;
        private long p2;
        private long p3;
        private long p4;
        private long p5;
        private long p6;
        private long p7;
        private long p8;
    }

    public Instance(URI url, Upstream upstream) {
        this(url, url.getRawAuthority() == null ? LOCALHOST : url.getRawAuthority(), upstream);
    }

    /**
     * @param host what stands in a Host field where the client sent none
     */
    public Instance(URI url, String host, Upstream upstream) {
        this.url = url;
        this.upstream = upstream;
        metrics = new InstanceMetrics(upstream.loops());
        String authority = url.getRawAuthority();
        name = authority == null ? url.toString() : authority;
        this.authority = name.getBytes(StandardCharsets.ISO_8859_1);
        this.host = host;
        byte[] bytes = url.toString().getBytes(StandardCharsets.UTF_8);
        identity = KeyHash.of(bytes, 0, bytes.length);
    }

    public URI url() {
        return url;
    }

    /** Host and port or the socket, as logs and metrics show it. */
    public String name() {
        return name;
    }

    /** The same as bytes, for the log. Never written to. */
    public byte[] authority() {
        return authority;
    }

    /** What stands in a Host field where the client sent none. */
    public String host() {
        return host;
    }

    /** Where clients' calls go. */
    public Upstream upstream() {
        return upstream;
    }

    /** Open connections, idle and busy, those of copies as well; any thread. */
    public int connections() {
        Upstream beside = copies;
        return upstream.connections() + (beside == null ? 0 : beside.connections());
    }

    /** What is counted of it. */
    public InstanceMetrics metrics() {
        return metrics;
    }

    /** Who is told how its calls end; null if nobody ejects it. Any thread. */
    public Ejection.@Nullable Member judged() {
        return judged;
    }

    /** How it stands; any thread. */
    public Standing standing() {
        return standing;
    }

    @Override
    public long identity() {
        return identity;
    }

    /** Calls under way; any thread. */
    @Override
    public int inFlight() {
        return inFlight.get();
    }

    @Override
    public boolean allows() {
        int max = requestsMax;
        return max == UNBOUNDED || inFlight.get() < max;
    }

    /** Begins a call; null if the instance's requests or connections are used up. */
    public @Nullable UpstreamCall begin(Loop loop, boolean fresh) {
        if (inFlight.incrementAndGet() > requestsMax) {
            inFlight.decrementAndGet();
            return null;
        }
        UpstreamCall call = upstream.call(loop, fresh);
        if (call == null) {
            inFlight.decrementAndGet();
        }
        return call;
    }

    /**
     * Begins a call that no client waits for, over connections that no client's call uses or waits
     * for; nobody counts it as in flight, and nothing is due at its end. Null if these connections
     * are used up.
     */
    public @Nullable UpstreamCall beginCopy(Loop loop, boolean fresh) {
        Upstream beside = copies;
        return (beside == null ? copies() : beside).call(loop, fresh);
    }

    /** Made when it is first asked for, since few instances get copies. */
    private Upstream copies() {
        synchronized (copiesLock) {
            Upstream made = copies;
            if (made == null) {
                made = upstream.apart(upstream.settings());
                if (retired) {
                    made.retire(Duration.ZERO);
                }
                copies = made;
            }
            return made;
        }
    }

    /** The call that {@link #begin} gave is over. */
    public void end() {
        inFlight.decrementAndGet();
    }

    // Control.

    /** Replaces the settings for calls to come, copies as well. */
    public void reconfigure(UpstreamSettings settings) {
        synchronized (copiesLock) {
            upstream.reconfigure(settings);
            if (copies != null) {
                copies.reconfigure(settings);
            }
        }
    }

    /** See {@link Upstream#retire}. */
    public void retire(Duration tunnels) {
        synchronized (copiesLock) {
            retired = true;
            upstream.retire(tunnels);
            if (copies != null) {
                copies.retire(Duration.ZERO);
            }
        }
    }

    /** See {@link Upstream#revive}. */
    public void revive() {
        synchronized (copiesLock) {
            retired = false;
            upstream.revive();
            if (copies != null) {
                copies.revive();
            }
        }
    }

    /** What the file says of it. */
    public void define(int weight, int requestsMax) {
        judgement.weight = weight;
        this.requestsMax = requestsMax;
    }

    void judgedBy(Ejection.@Nullable Member member) {
        judged = member;
    }

    Judgement judgement() {
        return judgement;
    }

    void stand(State state, String reason, Instant now) {
        Standing before = standing;
        boolean first = before.equals(UNJUDGED);
        if (first || before.state() != state || !before.reason().equals(reason)) {
            boolean goesOn = !first && before.state() == state;
            standing = new Standing(state, reason, goesOn ? before.since() : now);
        }
    }
}
