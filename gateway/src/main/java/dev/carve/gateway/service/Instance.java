package dev.carve.gateway.service;

import dev.carve.http.Loop;
import dev.carve.http.Upstream;
import dev.carve.http.UpstreamCall;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One address of a service with what is in flight at it. Lives as long as some snapshot names it.
 *
 * <p>Threads: any event loop.
 */
public final class Instance {

    private final URI url;
    private final String name;
    private final byte[] authority;
    private final Upstream upstream;
    private final InFlight inFlight = new InFlight();

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
        this.url = url;
        this.upstream = upstream;
        String host = url.getRawAuthority();
        name = host;
        authority = host.getBytes(StandardCharsets.ISO_8859_1);
    }

    public URI url() {
        return url;
    }

    /** Host and port, as logs and metrics show it. */
    public String name() {
        return name;
    }

    /** Host and port, for a Host field. Never written to. */
    public byte[] authority() {
        return authority;
    }

    public Upstream upstream() {
        return upstream;
    }

    /** Calls under way; any thread. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Begins a call; null if the instance's connections are used up. */
    public @Nullable UpstreamCall begin(Loop loop, boolean fresh) {
        UpstreamCall call = upstream.call(loop, fresh);
        if (call != null) {
            inFlight.incrementAndGet();
        }
        return call;
    }

    /** The call that {@link #begin} gave is over. */
    public void end() {
        inFlight.decrementAndGet();
    }
}
