package dev.carve.http;

import dev.carve.runtime.Clock;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of the process, one per core unless set otherwise. Everything on the data plane
 * runs on one of them. Made once at start; closed last.
 */
public final class Loops implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Loops.class);
    private static final long END_SECONDS = 2;

    private static final int HANDSHAKES_KEPT_SECONDS = 5;
    private static final int HANDSHAKES_WAITING_MAX = 1024;

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    private final RecvByteBufAllocator receiveSizes =
            new AdaptiveRecvByteBufAllocator(512, 2048, 128 * 1024);
    private final List<Loop> loops = new ArrayList<>();
    private final List<LoopWork> works = new ArrayList<>();
    private final List<LoopProbe> probes = new ArrayList<>();
    private final BufferBound buffers = new BufferBound(loops);
    private final AtomicLong acceptFailures = new AtomicLong();
    private final ThreadPoolExecutor handshakes;

    private Loops(Transport transport, int count, Clock clock) {
        this.transport = transport;
        Clock time = clock.fromZero();
        group =
                new MultiThreadIoEventLoopGroup(
                        count,
                        new DefaultThreadFactory("carve-loop", false),
                        LoopWork.around(transport.handlers(), clock, works::add));
        for (EventExecutor executor : group) {
            SingleThreadEventLoop netty = (SingleThreadEventLoop) executor;
            Loop loop = new Loop(loops.size(), netty, time, allocator, buffers);
            loops.add(loop);
            probes.add(new LoopProbe(loop, works.get(loop.number()), clock));
        }
        probes.forEach(LoopProbe::start);
        handshakes =
                new ThreadPoolExecutor(
                        count,
                        count,
                        HANDSHAKES_KEPT_SECONDS,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(HANDSHAKES_WAITING_MAX),
                        new DefaultThreadFactory("carve-handshake", true),
                        // Better late than never: then the loop does it itself.
                        new ThreadPoolExecutor.CallerRunsPolicy());
        handshakes.allowCoreThreadTimeOut(true);
    }

    /** Starts {@code count} loops. */
    public static Loops start(Transport transport, int count, Clock clock) {
        return new Loops(transport, count, clock);
    }

    /** Bounds what waits for slow readers, of all connections together. Control. */
    public void limitBuffered(long bytes) {
        buffers.limit(bytes);
    }

    public Transport transport() {
        return transport;
    }

    /** All loops, in the order of their numbers. */
    public List<Loop> all() {
        return loops;
    }

    /** How promptly each loop works, in the order of their numbers. */
    public List<LoopProbe> probes() {
        return probes;
    }

    /** Listens at an address; the future fails if it can not be had. */
    public CompletableFuture<Listener> listen(
            InetSocketAddress address,
            int backlog,
            ServerSettings settings,
            Listener.ConnectionLimits limits,
            RequestHandler handler,
            Listener.MalformedHandler malformed) {
        return new Listener(this, settings, limits, handler, malformed).bind(address, backlog);
    }

    /** Failures to accept, as when descriptors run out; any thread. */
    public long acceptFailures() {
        return acceptFailures.get();
    }

    /** Tells every connection of every loop that the process is stopping. */
    public void drain() {
        for (Loop loop : loops) {
            loop.execute(() -> {
                loop.draining = true;
                Http1ServerConnection each = loop.connections;
                while (each != null) {
                    Http1ServerConnection following = each.following;
                    each.drain();
                    each = following;
                }
            });
        }
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    RecvByteBufAllocator receiveSizes() {
        return receiveSizes;
    }

    /**
     * Where the costly steps of TLS handshakes run, a millisecond of arithmetic each, and for the
     * first one the loading of many classes: no loop is held up. Its threads exist only while there
     * are handshakes.
     */
    ThreadPoolExecutor handshakes() {
        return handshakes;
    }

    Loop acceptor() {
        return loops.getFirst();
    }

    /** Of two loops, next to each other in turn, the one with fewer open connections. */
    Loop lessLoaded(int turn) {
        int count = loops.size();
        Loop one = loops.get(Math.floorMod(turn, count));
        Loop other = loops.get(Math.floorMod(turn + 1, count));
        return other.counters().get(LoopCounters.Count.CONNECTIONS_OPEN)
                        < one.counters().get(LoopCounters.Count.CONNECTIONS_OPEN)
                ? other
                : one;
    }

    void acceptFailed(Throwable cause) {
        if (acceptFailures.getAndIncrement() % 1000 == 0) {
            LOG.atError().addKeyValue("cause", cause.toString()).log("accepting failed");
        }
    }

    /**
     * Ends all loops at once; connections still open are closed. Whoever handles a request that is
     * under way is told {@link dev.carve.runtime.Failure.Kind#SHUTTING_DOWN} first, while its loop
     * still runs: it answers, counts and logs as at any other end. Not on a loop.
     */
    @Override
    public void close() {
        if (!group.isShuttingDown()) {
            endAll();
        }
        group.shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(3_000);
        handshakes.shutdownNow();
    }

    private void endAll() {
        CompletableFuture<?>[] ending =
                loops.stream().map(this::end).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ending).get(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException stuck) {
            // A loop that hangs must not keep the process.
            LOG.atError().addKeyValue("cause", stuck.toString()).log("an event loop hangs");
        }
    }

    /** Completes once the loop is about to close what it has and to end. */
    private CompletableFuture<Void> end(Loop loop) {
        CompletableFuture<Void> ending = new CompletableFuture<>();
        loop.execute(() -> {
            loop.endConnections();
            works.get(loop.number())
                    .afterNextLook(() -> {
                        loop.netty().shutdownGracefully(0, END_SECONDS, TimeUnit.SECONDS);
                        ending.complete(null);
                    });
            loop.execute(() -> {}); // With a task at hand it looks without waiting.
        });
        return ending;
    }
}
