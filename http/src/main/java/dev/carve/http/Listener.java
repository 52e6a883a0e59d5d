package dev.carve.http;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One listening address. Accepts on one loop and gives each connection to the less loaded of two
 * loops chosen in turn; counts connections against their bounds before anything is allocated for
 * them.
 *
 * <p>Threads: made and closed by control; accepts on its own loop; {@link #settings} is read by all
 * loops.
 */
public final class Listener {

    /** Refused connections that wait for their clients to close; further ones do not wait. */
    static final int REFUSALS_MAX = 256;

    private final Loops loops;
    private final RequestHandler handler;
    private final MalformedHandler malformed;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> openByAddress = new ConcurrentHashMap<>();
    private final AtomicInteger refusals = new AtomicInteger();

    /** Completed on the accepting loop when its socket closes, also because the loop ends. */
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    // Written by control, read by any.
    private volatile ServerSettings settings;
    private volatile ConnectionLimits limits;
    private volatile @Nullable ServerChannel channel;

    // Accepting loop only.
    private int turn;
    private int accepted;

    /**
     * How many connections a listener holds at once.
     *
     * @param total of all clients
     * @param perAddress of one client address, 0 for no bound of its own
     */
    public record ConnectionLimits(int total, int perAddress) {}

    /** Who answers a request that could not be understood. */
    public interface MalformedHandler {

        /** The stream has no usable head; answer, then release it. */
        void refuse(ServerStream stream, Failure why);
    }

    Listener(
            Loops loops,
            ServerSettings settings,
            ConnectionLimits limits,
            RequestHandler handler,
            MalformedHandler malformed) {
        this.loops = loops;
        this.settings = settings;
        this.limits = limits;
        this.handler = handler;
        this.malformed = malformed;
    }

    /** Begins to listen; the future fails if the address can not be had. */
    CompletableFuture<Listener> bind(InetSocketAddress address, int backlog) {
        ServerChannel server = loops.transport().serverChannel();
        server.config().setOption(ChannelOption.SO_BACKLOG, backlog);
        server.config().setOption(ChannelOption.SO_REUSEADDR, true);
        server.config().setAllocator(loops.allocator());
        server.pipeline().addLast(new Acceptor());
        server.closeFuture().addListener(_ -> closed.complete(null));
        channel = server;
        CompletableFuture<Listener> bound = new CompletableFuture<>();
        loops.acceptor()
                .netty()
                .register(server)
                .addListener(registered -> {
                    if (!registered.isSuccess()) {
                        bound.completeExceptionally(registered.cause());
                        return;
                    }
                    server.bind(address)
                            .addListener(done -> {
                                if (done.isSuccess()) {
                                    bound.complete(this);
                                } else {
                                    server.close();
                                    bound.completeExceptionally(done.cause());
                                }
                            });
                });
        return bound;
    }

    /** Where it listens, with the port that the system chose if none was asked for. */
    public InetSocketAddress address() {
        Channel server = channel;
        SocketAddress local = server == null ? null : server.localAddress();
        return local instanceof InetSocketAddress inet
                ? inet
                : InetSocketAddress.createUnresolved("closed", 0);
    }

    /** Open connections; any thread. */
    public int connections() {
        return open.get();
    }

    /** Refused connections that wait for their clients to close; any thread. */
    int refusals() {
        return refusals.get();
    }

    /** Replaces what new requests and connections are held to. Control. */
    public void reconfigure(ServerSettings settings, ConnectionLimits limits) {
        this.settings = settings;
        this.limits = limits;
    }

    /**
     * Accepts no more; what is open stays. The future completes once the socket is closed, and at
     * once if the loops have ended.
     */
    public CompletableFuture<Void> close() {
        Channel server = channel;
        if (server == null) {
            closed.complete(null);
        } else if (server.isOpen()) {
            server.close();
        }
        return closed.copy();
    }

    /**
     * Like {@link #close}, once nobody waits in the backlog any more: connections that the system
     * has accepted would be reset.
     */
    public CompletableFuture<Void> drain() {
        try {
            loops.acceptor().execute(() -> closeOnceQuiet(-1));
        } catch (RejectedExecutionException ended) {
            // The loop has closed what it listened at, and drops what would come later.
        }
        return closed.copy();
    }

    /**
     * The loop asks for new connections between two runs of this; none accepted means none waiting.
     * Later instead of next, since a loop runs all tasks at hand before it looks at sockets again.
     */
    private void closeOnceQuiet(int acceptedBefore) {
        if (accepted != acceptedBefore) {
            int now = accepted;
            loops.acceptor().executeLater(() -> closeOnceQuiet(now), 1, TimeUnit.MILLISECONDS);
        } else {
            close();
        }
    }

    ServerSettings settings() {
        return settings;
    }

    RequestHandler handler() {
        return handler;
    }

    void malformed(ServerStream stream, Failure why) {
        malformed.refuse(stream, why);
    }

    void connectionClosed(@Nullable InetAddress counted) {
        open.decrementAndGet();
        if (counted != null) {
            openByAddress.computeIfPresent(counted, (key, count) -> count > 1 ? count - 1 : null);
        }
    }

    void refusalEnded(boolean lingered) {
        if (lingered) {
            refusals.decrementAndGet();
        }
    }

    // Accepting loop only.

    /** Counts a connection against its bounds, then gives it to a loop. */
    void accept(Channel child) {
        accepted = accepted + 1 & Integer.MAX_VALUE;
        Loop loop = loops.lessLoaded(turn++);
        ConnectionLimits held = limits;
        if (open.incrementAndGet() > held.total()) {
            open.decrementAndGet();
            refuse(child, loop, Count.CONNECTIONS_REFUSED_TOTAL);
            return;
        }
        InetAddress counted = null;
        if (held.perAddress() > 0 && child.remoteAddress() instanceof InetSocketAddress remote) {
            counted = remote.getAddress();
            if (openByAddress.merge(counted, 1, Integer::sum) > held.perAddress()) {
                connectionClosed(counted);
                refuse(child, loop, Count.CONNECTIONS_REFUSED_ADDRESS);
                return;
            }
        }
        serve(child, loop, counted);
    }

    private void serve(Channel child, Loop loop, @Nullable InetAddress counted) {
        Runnable uncount = () -> connectionClosed(counted);
        try {
            child.config().setOption(ChannelOption.TCP_NODELAY, true);
            child.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        } catch (ChannelException e) {
            failed(child, e, uncount);
            return;
        }
        register(child, loop, new Http1ServerConnection(loop, this, child, counted), uncount);
    }

    private void refuse(Channel child, Loop loop, Count reason) {
        boolean lingers = refusals.incrementAndGet() <= REFUSALS_MAX;
        if (!lingers) {
            refusals.decrementAndGet();
        }
        register(
                child,
                loop,
                new Refusal(loop, this, child, reason, lingers),
                () -> refusalEnded(lingers));
    }

    /** Its handler takes the connection's count back, once it has become active. */
    private void register(Channel child, Loop loop, ChannelHandler handler, Runnable uncount) {
        child.config().setAllocator(loops.allocator());
        child.config().setRecvByteBufAllocator(loops.receiveSizes());
        child.pipeline().addLast(handler);
        loop.register(child)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        failed(child, done.cause(), uncount);
                    }
                });
    }

    /** No loop will ever tell that this connection has closed, since none has it. */
    private void failed(Channel child, Throwable cause, Runnable uncount) {
        child.unsafe().closeForcibly();
        uncount.run();
        loops.acceptFailed(cause);
    }

    /** Takes accepted connections off the listening socket. */
    private final class Acceptor extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            accept((Channel) message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // Accepting failed, as when descriptors run out; Netty pauses and goes on.
            loops.acceptFailed(cause);
        }
    }
}
