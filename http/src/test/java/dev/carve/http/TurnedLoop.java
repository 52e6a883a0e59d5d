package dev.carve.http;

import dev.carve.runtime.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * One event loop whose time stands still until it is turned by hand, so that no time-out fires
 * because a machine is slow. Any thread but the loop's.
 */
final class TurnedLoop implements AutoCloseable {

    private final AtomicLong elapsedNanos = new AtomicLong();
    private final long startNanos;
    private final Loops loops;
    private final Loop loop;

    private final class Turned implements Clock {
        @Override
        public long nanos() {
            return startNanos + elapsedNanos.get();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(elapsedNanos.get());
        }
    }

    TurnedLoop(Transport transport) {
        this(transport, 0);
    }

    /**
     * @param startNanos what the clock says at first
     */
    TurnedLoop(Transport transport, long startNanos) {
        this.startNanos = startNanos;
        loops = Loops.start(transport, 1, new Turned());
        loop = loops.all().getFirst();
    }

    Loops loops() {
        return loops;
    }

    Loop loop() {
        return loop;
    }

    long count(LoopCounters.Count count) {
        return loop.counters().get(count);
    }

    /** What a look at the loop's own state gives. */
    <T> T on(Supplier<T> look) {
        return CompletableFuture.supplyAsync(look, loop).orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** Whether the only client has not been cut; its socket may close a little later. */
    boolean isClientOpen() {
        return on(() -> {
            Http1ServerConnection client = loop.connections;
            return client != null && client.phase != Http1ServerConnection.Phase.CLOSED;
        });
    }

    /** What the only client has not taken yet. */
    long unsentBytes() {
        return on(() -> {
            Http1ServerConnection client = loop.connections;
            return client == null ? 0L : client.output.unsentBytes();
        });
    }

    /** Time passes in which nothing happens on the loop. */
    void pass(Duration step) {
        elapsedNanos.addAndGet(step.toNanos());
    }

    /** Time passes, and what is due fires before this returns. */
    void turn(Duration step) {
        pass(step);
        on(() -> {
            loop.timers.advance(loop.tick(), Integer.MAX_VALUE);
            return loop;
        });
    }

    @Override
    public void close() {
        loops.close();
    }
}
