package dev.carve.carving.keep;

import dev.carve.carving.keep.KeepBounds.LedgerBounds;
import dev.carve.runtime.Clock;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.store.Row;
import dev.carve.store.Session;
import dev.carve.store.Store;
import dev.carve.store.StoreException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every change of every carve, in the order in which it happened. An entry goes to memory first and
 * from there to the store, so that a change is never held up or refused for want of the store; what
 * waits is written later, in order and with its own time. An entry carries a random name, so that
 * writing it again after an unknown outcome does not double it.
 *
 * <p>Threads: any but an event loop.
 */
public final class Ledger {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private static final Metric PENDING =
            Metric.gauge("carve_ledger_pending_entries", "Changes that wait to be written.");
    private static final Metric DROPPED =
            Metric.counter("carve_ledger_dropped_total", "Changes that were never written.");

    private static final int BATCH_MAX = 100;

    /** An entry under its name. */
    private record Named(String name, LedgerEntry entry) {}

    private final Store store;
    private final LedgerBounds bounds;
    private final Clock clock;
    private final RandomGenerator random;
    private final Object lock = new Object();

    // Guarded by lock.
    private final ArrayDeque<Named> pending = new ArrayDeque<>();
    private boolean writing;
    private boolean oneByOne;
    private long dropped;

    Ledger(Store store, LedgerBounds bounds, Clock clock, RandomGenerator random) {
        this.store = store;
        this.bounds = bounds;
        this.clock = clock;
        this.random = random;
    }

    /** Takes a change; it is written as soon as the store allows. */
    public void append(LedgerEntry entry) {
        boolean full;
        synchronized (lock) {
            full = pending.size() >= bounds.pendingMax();
            if (full) {
                pending.removeFirst();
                dropped++;
            }
            String name = "%016x%016x".formatted(random.nextLong(), random.nextLong());
            pending.addLast(new Named(name, entry));
        }
        if (full) {
            LOG.atWarn()
                    .addKeyValue("pending", bounds.pendingMax())
                    .log("ledger entry dropped: the store was unreachable for too long");
        }
        flush();
    }

    /** Tries to write what waits; whoever has the time calls it now and then. */
    public void flush() {
        List<Named> batch;
        synchronized (lock) {
            if (writing || pending.isEmpty()) {
                return;
            }
            writing = true;
            batch = pending.stream().limit(oneByOne ? 1 : BATCH_MAX).toList();
        }
        store.submit(session -> write(session, batch))
                .whenComplete((_, failure) -> written(batch, failure));
    }

    private void written(List<Named> batch, @Nullable Throwable failure) {
        boolean goOn;
        synchronized (lock) {
            writing = false;
            if (failure == null) {
                pending.removeAll(batch);
                oneByOne = false;
                goOn = !pending.isEmpty();
            } else {
                goOn = refused(batch, StoreException.of(failure));
            }
        }
        if (goOn) {
            flush();
        }
    }

    /**
     * What the database refuses for good must not keep back what comes behind. Guarded by lock.
     *
     * @return whether there is something to try at once
     */
    private boolean refused(List<Named> batch, StoreException failure) {
        if (failure.kind() != StoreException.Kind.REFUSED) {
            return false;
        }
        if (batch.size() > 1) {
            oneByOne = true;
            return true;
        }
        pending.removeAll(batch);
        dropped++;
        LOG.atError()
                .addKeyValue("entry", batch.getFirst().entry())
                .addKeyValue("reason", failure.getMessage())
                .log("ledger entry refused");
        return !pending.isEmpty();
    }

    private boolean write(Session session, List<Named> batch) {
        Set<String> routes = new HashSet<>();
        for (Named each : batch) {
            LedgerEntry entry = each.entry();
            session.update(
                    """
                    INSERT INTO carving_ledger
                      (name, route, fingerprint, at, done_by, from_stage, to_stage, reason, figures)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING
                    """,
                    each.name(),
                    entry.carve().route(),
                    entry.carve().fingerprint(),
                    entry.at().toEpochMilli(),
                    entry.by(),
                    entry.from(),
                    entry.to(),
                    entry.reason(),
                    entry.figures());
            routes.add(entry.carve().route());
        }
        trim(session, routes);
        return true;
    }

    private void trim(Session session, Set<String> routes) {
        for (String route : routes) {
            session.update(
                    """
                    DELETE FROM carving_ledger WHERE route = ? AND id <=
                      (SELECT id FROM carving_ledger WHERE route = ?
                       ORDER BY id DESC LIMIT 1 OFFSET ?)
                    """,
                    route,
                    route,
                    bounds.routeMax());
        }
        session.update(
                """
                DELETE FROM carving_ledger WHERE id <=
                  (SELECT id FROM carving_ledger ORDER BY id DESC LIMIT 1 OFFSET ?)
                """,
                bounds.totalMax());
        session.update(
                "DELETE FROM carving_ledger WHERE at < ?",
                clock.now().minus(bounds.age()).toEpochMilli());
    }

    /** The last changes of a route, the newest first, those that still wait included. */
    public CompletableFuture<List<LedgerEntry>> latest(String route, int max) {
        // Before the store is asked: what is written in between is found in both, never in none.
        List<Named> waiting = waiting(route);
        return store.submit(session ->
                        session.query(
                                """
                                SELECT name, route, fingerprint, at, done_by, from_stage,
                                  to_stage, reason, figures
                                FROM carving_ledger WHERE route = ?
                                ORDER BY id DESC LIMIT ?
                                """,
                                Ledger::read,
                                route,
                                max))
                .thenApply(kept -> merged(waiting, kept, max));
    }

    /** The changes of a route that are not written yet, the newest first. */
    public List<LedgerEntry> pending(String route) {
        return waiting(route).stream().map(Named::entry).toList();
    }

    /** How many changes of all routes are not written yet. */
    public int pending() {
        synchronized (lock) {
            return pending.size();
        }
    }

    private List<Named> waiting(String route) {
        synchronized (lock) {
            return new ArrayList<>(pending)
                    .reversed().stream()
                            .filter(each -> each.entry().carve().route().equals(route))
                            .toList();
        }
    }

    private static List<LedgerEntry> merged(List<Named> waiting, List<Named> kept, int max) {
        List<Named> all = new ArrayList<>(waiting);
        all.removeAll(kept);
        all.addAll(kept);
        return all.stream().limit(max).map(Named::entry).toList();
    }

    private static Named read(Row row) {
        return new Named(
                row.text("name"),
                new LedgerEntry(
                        new CarveKey(row.text("route"), row.text("fingerprint")),
                        Instant.ofEpochMilli(row.number("at")),
                        row.text("done_by"),
                        row.text("from_stage"),
                        row.text("to_stage"),
                        row.text("reason"),
                        row.text("figures")));
    }

    void collect(MetricSink sink) {
        long lost;
        synchronized (lock) {
            lost = dropped;
        }
        sink.value(PENDING, pending());
        sink.value(DROPPED, (double) lost);
    }
}
