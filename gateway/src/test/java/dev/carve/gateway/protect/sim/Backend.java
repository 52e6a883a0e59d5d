package dev.carve.gateway.protect.sim;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * One instance of a service with so many places, exponential service times and a bounded backlog,
 * beyond which it refuses connections. It does not notice that a caller has given up: work for
 * nobody is what keeps a storm alive.
 */
final class Backend {

    private static final int PLACES = 4;
    private static final double MEAN_NANOS = Duration.ofMillis(10).toNanos();
    private static final int BACKLOG_MAX = 1_000;

    /** Requests a second that one can do. */
    static final double CAPACITY = PLACES * 1e9 / MEAN_NANOS;

    /** What is said to the caller. */
    interface Caller {
        void answered();

        void refused();
    }

    private final Events events;
    private final SplittableRandom random;
    private final Queue<Caller> backlog = new ArrayDeque<>();
    private int busy;
    private boolean stalled;
    private long arrivals;
    private long refusals;

    Backend(Events events, SplittableRandom random) {
        this.events = events;
        this.random = random;
    }

    void request(Caller caller) {
        arrivals++;
        if (backlog.size() >= BACKLOG_MAX) {
            refusals++;
            caller.refused();
            return;
        }
        backlog.add(caller);
        work();
    }

    private void work() {
        while (!stalled && busy < PLACES && !backlog.isEmpty()) {
            Caller next = backlog.remove();
            busy++;
            long takes = (long) (MEAN_NANOS * -Math.log(1 - random.nextDouble()));
            events.in(
                    takes,
                    () -> {
                        busy--;
                        next.answered();
                        work();
                    });
        }
    }

    /** Begins nothing from now on. */
    void stall() {
        stalled = true;
    }

    void resume() {
        stalled = false;
        work();
    }

    int backlog() {
        return backlog.size();
    }

    /** Connections, those that it refused among them. */
    long arrivals() {
        return arrivals;
    }

    long refusals() {
        return refusals;
    }
}
