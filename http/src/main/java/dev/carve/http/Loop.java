package dev.carve.http;

import dev.carve.runtime.Clock;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop of the data plane and what belongs to it alone: its time, its time-outs, its
 * parser, its free exchanges, its connections and its counters. Everything reached from here is
 * touched by this loop's thread only, unless its class says otherwise.
 */
public final class Loop implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
    private static final int FREE_STREAMS_MAX = 256;

    /**
     * What times out may cost a closed connection and a new one, some 100 µs: those of a service
     * that stalls, due all at once, must not keep the answers of others waiting.
     */
    private static final int TIMEOUTS_PER_TURN = 1;

    /** Beyond it the bound is off: a busy loop must not owe more and more of them. */
    private static final long TIMEOUTS_LATE_NANOS = 50_000_000;

    private final int number;
    private final SingleThreadEventLoop netty;
    private final Clock clock;
    private final ByteBufAllocator allocator;
    private final LoopCounters counters = new LoopCounters();
    private final BufferBound buffers;

    // Event loop only.
    final HeadParser parser = new HeadParser();
    final TimerWheel timers;
    private final ArrayDeque<Http1ServerStream> freeStreams = new ArrayDeque<>();
    private final Runnable fire = this::fireTimers;
    private final ArrayDeque<Runnable> afterTurn = new ArrayDeque<>();
    private final Runnable endTurn = this::endTurn;
    private @Nullable ScheduledFuture<?> armed;
    private long armedNanos = Timeout.NEVER;
    private long now;
    private boolean firing;

    /** The process is stopping: each connection still to come is given one request. */
    boolean draining;

    /** The loop is about to end: connections still to come are closed. */
    boolean ending;

    private Object[] attachments = {};
    @Nullable Http1ServerConnection connections;

    /**
     * @param clock that of all loops, {@link Clock#fromZero from zero}
     */
    Loop(
            int number,
            SingleThreadEventLoop netty,
            Clock clock,
            ByteBufAllocator allocator,
            BufferBound buffers) {
        this.buffers = buffers;
        this.number = number;
        this.netty = netty;
        this.clock = clock;
        this.allocator = allocator;
        this.now = clock.nanos();
        this.timers = new TimerWheel(now, fault -> report("time-out", fault));
    }

    /** From 0. */
    public int number() {
        return number;
    }

    /** Any thread. */
    public LoopCounters counters() {
        return counters;
    }

    public boolean isCurrent() {
        return netty.inEventLoop();
    }

    /** Runs a task on this loop; any thread. */
    @Override
    public void execute(Runnable task) {
        netty.execute(task);
    }

    /**
     * Runs a task at the end of this turn of the loop, when the sockets that were ready and what
     * waited to be executed have been worked off. The loop's thread only.
     */
    public void executeAfterTurn(Runnable task) {
        if (afterTurn.isEmpty()) {
            netty.executeAfterEventLoopIteration(endTurn);
        }
        afterTurn.addLast(task);
    }

    private void endTurn() {
        tick();
        for (Runnable next = afterTurn.peekFirst(); next != null; next = afterTurn.peekFirst()) {
            try {
                next.run();
            } catch (RuntimeException fault) {
                report("end of a turn", fault);
            } finally {
                afterTurn.removeFirst();
            }
        }
    }

    /** Runs a task on this loop later; any thread. */
    public void executeLater(Runnable task, long delay, TimeUnit unit) {
        netty.schedule(
                () -> {
                    tick();
                    task.run();
                },
                delay,
                unit);
    }

    /**
     * Monotonic nanoseconds {@link Clock#fromZero from zero} as of the event under way: read once
     * per event, so that a request costs two readings of the clock, not ten. The same time on every
     * loop; {@link Long#MAX_VALUE} is later than any.
     */
    public long now() {
        return now;
    }

    public ByteBufAllocator allocator() {
        return allocator;
    }

    EventLoop netty() {
        return netty;
    }

    /**
     * Gives a new socket to this loop, after the sockets that were ready in this turn: its
     * descriptor may be one that was closed in this very turn, and what epoll has still to tell of
     * the old socket, such as its end, would be told to the new one. Any thread.
     *
     * <p>Until then nothing but {@link #abandon} may be done with the channel. If it can not be
     * registered it is closed, and the future fails.
     */
    Future<?> register(Channel channel) {
        ChannelPromise promise = new DefaultChannelPromise(channel, netty);
        try {
            netty.execute(() -> netty.register(promise));
        } catch (RejectedExecutionException ended) {
            channel.unsafe().closeForcibly();
            promise.setFailure(ended);
        }
        return promise;
    }

    /** Closes a channel, which may still wait to be registered. This loop. */
    static void abandon(Channel channel) {
        if (channel.isRegistered() || !channel.isOpen()) {
            channel.close();
        } else {
            channel.unsafe().closeForcibly();
        }
    }

    /** An event begins: reads the clock. */
    long tick() {
        now = clock.nanos();
        return now;
    }

    // Time-outs.

    void setTimeout(Timeout timeout, long deadlineNanos) {
        timers.set(timeout, deadlineNanos);
        // A tick of slack: the wheel never fires early, so neither need the alarm.
        if (deadlineNanos < armedNanos && !firing) {
            arm();
        }
    }

    void removeTimeout(Timeout timeout) {
        timers.remove(timeout);
    }

    /** A fault of our own on this loop: whoever runs Carve should hear of it. */
    void report(String where, Throwable cause) {
        LOG.atError().setCause(cause).addKeyValue("where", where).log("fault on an event loop");
    }

    private void arm() {
        long next = timers.nextNanos();
        if (next >= armedNanos) {
            return;
        }
        if (armed != null) {
            armed.cancel(false);
        }
        armed = null;
        armedNanos = next;
        if (next != Timeout.NEVER) {
            armed = netty.schedule(fire, Math.max(0, next - clock.nanos()), TimeUnit.NANOSECONDS);
        }
    }

    void fireTimers() {
        armed = null;
        armedNanos = Timeout.NEVER;
        firing = true;
        try {
            long at = tick();
            boolean behind = at - timers.nextNanos() > TIMEOUTS_LATE_NANOS;
            timers.advance(at, behind ? Integer.MAX_VALUE : TIMEOUTS_PER_TURN);
        } finally {
            firing = false;
            arm();
        }
    }

    /**
     * The one object of this type that belongs to this loop, made on first use: where a layer above
     * keeps its free lists and scratch space. Owning loop only. Looked up by identity among very
     * few.
     */
    public <T> T attachment(Class<T> type, Function<Loop, T> make) {
        for (Object each : attachments) {
            if (each.getClass() == type) {
                return type.cast(each);
            }
        }
        T made = make.apply(this);
        Object[] more = Arrays.copyOf(attachments, attachments.length + 1);
        more[attachments.length] = made;
        attachments = more;
        return made;
    }

    // What waits for slow readers.

    /** So many bytes more, or less, wait in some connection. */
    void buffered(long change) {
        if (change != 0) {
            counters.add(LoopCounters.Count.BUFFERED_BYTES, change);
            buffers.changed();
        }
    }

    /** Whether so much waits already that nothing more should be begun. */
    boolean isFull() {
        return buffers.isReached();
    }

    // Free exchanges.

    Http1ServerStream takeStream() {
        Http1ServerStream free = freeStreams.pollLast();
        return free == null ? new Http1ServerStream(this) : free;
    }

    void giveStream(Http1ServerStream stream) {
        if (freeStreams.size() < FREE_STREAMS_MAX) {
            freeStreams.addLast(stream);
        }
    }

    // Downstream connections, an intrusive list.

    void opened(Http1ServerConnection connection) {
        connection.following = connections;
        if (connections != null) {
            connections.preceding = connection;
        }
        connections = connection;
    }

    void closed(Http1ServerConnection connection) {
        Http1ServerConnection before = connection.preceding;
        Http1ServerConnection after = connection.following;
        if (before == null) {
            connections = after;
        } else {
            before.following = after;
        }
        if (after != null) {
            after.preceding = before;
        }
        connection.preceding = null;
        connection.following = null;
    }

    /** The time to finish is over; see {@link Loops#close}. */
    void endConnections() {
        tick();
        ending = true;
        Http1ServerConnection each = connections;
        while (each != null) {
            Http1ServerConnection after = each.following;
            each.end();
            each = after;
        }
    }
}
