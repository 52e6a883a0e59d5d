package dev.carve.it.soak;

import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What came of the requests of one kind of traffic. Any thread. */
final class Account {

    private static final int KEPT = 5;

    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong outages = new AtomicLong();
    private final AtomicLong closes = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Queue<Instant> failedAt = new ConcurrentLinkedQueue<>();

    void answered(long count) {
        answered.addAndGet(count);
    }

    /** Failed while the service was away. */
    void outage() {
        outages.incrementAndGet();
    }

    /** Failed because the service closed a kept connection under a request that cannot repeat. */
    void close() {
        closes.incrementAndGet();
    }

    void failed(String why, Instant at) {
        if (failed.getAndIncrement() < KEPT) {
            failures.add(why);
            failedAt.add(at);
        }
    }

    /** When the examples failed. */
    List<Instant> failedAt() {
        return List.copyOf(failedAt);
    }

    long failures() {
        return failed.get();
    }

    long closes() {
        return closes.get();
    }

    long all() {
        return answered.get();
    }

    List<String> examples() {
        return List.copyOf(failures);
    }

    String row(String name) {
        return "%-12s %10d %10d %10d %10d"
                .formatted(name, answered.get(), outages.get(), closes.get(), failed.get());
    }
}
