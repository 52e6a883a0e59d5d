package dev.carve.http;

import dev.carve.runtime.Clock;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long one event loop works between two waits: from the moment its wait returns to the
 * moment it waits again, all events and tasks of that turn together. During that time it looks at
 * nothing new, so the longest such turn bounds the longest task from above and is what a request
 * that comes at the wrong moment has to wait.
 *
 * <p>Implementation note: stands between the loop and its I/O handler, since only there is the wait
 * told from the work. The handler asks, right after waiting and before it handles the first event,
 * whether its time should be reported; the answer is no, but the question is the start of the turn.
 * A turn without I/O starts when the handler returns. Two readings of the clock a turn.
 *
 * <p>Threads: the loop writes, any thread reads.
 */
final class LoopWork implements IoHandler {

    private static final long WAITING = Long.MIN_VALUE;
    private static final VarHandle SINCE;
    private static final VarHandle LONGEST;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            SINCE = lookup.findVarHandle(LoopWork.class, "since", long.class);
            LONGEST = lookup.findVarHandle(LoopWork.class, "longest", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final IoHandler handler;
    private final Clock clock;
    private final Turn turn = new Turn();

    // Event loop only, but for reading.
    private long since = WAITING;
    private long longest;
    private @Nullable Runnable afterLook;

    private LoopWork(IoHandler handler, Clock clock) {
        this.handler = handler;
        this.clock = clock;
    }

    /** Handlers that are measured; {@code made} is told each, in the order of the loops. */
    static IoHandlerFactory around(IoHandlerFactory factory, Clock clock, Consumer<LoopWork> made) {
        return new IoHandlerFactory() {
            @Override
            public IoHandler newHandler(ThreadAwareExecutor loop) {
                LoopWork work = new LoopWork(factory.newHandler(loop), clock);
                made.accept(work);
                return work;
            }

            @Override
            public boolean isChangingThreadSupported() {
                return factory.isChangingThreadSupported();
            }
        };
    }

    /** The longest turn since the last call of this; owning loop only. */
    long takeLongest() {
        long taken = longest;
        LONGEST.setOpaque(this, 0L);
        return taken;
    }

    /** The longest turn since it was last taken, the one under way included; any thread. */
    long longestNanos() {
        long started = (long) SINCE.getOpaque(this);
        long past = (long) LONGEST.getOpaque(this);
        return started == WAITING ? past : Math.max(past, clock.nanos() - started);
    }

    /**
     * Runs a task between the loop's next look at its sockets and the tasks of that turn: the only
     * moment at which Netty's loop can be told to end and still closes its sockets by itself. Told
     * later in its turn it ends without. Owning loop only.
     */
    void afterNextLook(Runnable task) {
        afterLook = task;
    }

    @Override
    public int run(IoHandlerContext context) {
        long started = since;
        if (started != WAITING) {
            long took = clock.nanos() - started;
            if (took > longest) {
                LONGEST.setOpaque(this, took);
            }
            SINCE.setOpaque(this, WAITING);
        }
        turn.context = context;
        int handled = handler.run(turn);
        if (since == WAITING) {
            SINCE.setOpaque(this, clock.nanos());
        }
        Runnable task = afterLook;
        if (task != null) {
            afterLook = null;
            task.run();
        }
        return handled;
    }

    private final class Turn implements IoHandlerContext {

        // Event loop only.
        private @Nullable IoHandlerContext context;

        private IoHandlerContext under() {
            IoHandlerContext now = context;
            if (now == null) {
                throw new IllegalStateException("asked outside of a turn");
            }
            return now;
        }

        @Override
        public boolean canBlock() {
            return under().canBlock();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return under().delayNanos(currentTimeNanos);
        }

        @Override
        public long deadlineNanos() {
            return under().deadlineNanos();
        }

        @Override
        public boolean shouldReportActiveIoTime() {
            if (since == WAITING) {
                SINCE.setOpaque(LoopWork.this, clock.nanos());
            }
            return false;
        }
    }

    @Override
    public void initialize() {
        handler.initialize();
    }

    @Override
    public void prepareToDestroy() {
        handler.prepareToDestroy();
    }

    @Override
    public void destroy() {
        handler.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return handler.register(handle);
    }

    @Override
    public void wakeup() {
        handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return handler.isCompatible(type);
    }
}
