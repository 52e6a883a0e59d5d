package dev.carve.gateway.protect.sim;

import dev.carve.runtime.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: events in their order, the first planned first among those of one moment. */
final class Events implements Clock {

    private record Event(long nanos, long number, Runnable work) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    Comparator.comparingLong(Event::nanos).thenComparingLong(Event::number));
    private long now;
    private long planned;

    void in(long nanos, Runnable work) {
        events.add(new Event(now + Math.max(0, nanos), planned++, work));
    }

    void every(Duration step, Runnable work) {
        in(
                step.toNanos(),
                () -> {
                    work.run();
                    every(step, work);
                });
    }

    void run(Duration until) {
        Event next = events.poll();
        while (next != null && next.nanos <= until.toNanos()) {
            now = next.nanos;
            next.work.run();
            next = events.poll();
        }
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(now);
    }
}
