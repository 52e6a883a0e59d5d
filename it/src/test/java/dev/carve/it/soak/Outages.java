package dev.carve.it.soak;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** When the service was away, so that a failed request can be told from an explained one. */
final class Outages {

    /** Connections that were accepted and never served are told by reset a little later. */
    private static final long AFTER_NANOS = 200_000_000;

    private record Outage(long from, long to) {}

    private final Queue<Outage> past = new ConcurrentLinkedQueue<>();
    private volatile long since = Long.MAX_VALUE;

    void begin(long now) {
        since = now;
    }

    void end(long now) {
        past.add(new Outage(since, now + AFTER_NANOS));
        since = Long.MAX_VALUE;
    }

    int count() {
        return past.size();
    }

    /** Whether a request of that span met one. */
    boolean explain(long from, long to) {
        return since <= to || past.stream().anyMatch(each -> each.from <= to && each.to >= from);
    }
}
