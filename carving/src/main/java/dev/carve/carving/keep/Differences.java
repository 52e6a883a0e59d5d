package dev.carve.carving.keep;

import dev.carve.carving.keep.KeepBounds.DifferenceBounds;
import dev.carve.runtime.Clock;
import dev.carve.runtime.metrics.Metric;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.store.Row;
import dev.carve.store.Session;
import dev.carve.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The last differing exchanges of each path, with both answers. What comes faster than is worth
 * keeping, or than the store can write, is left out and counted; the counts of the comparison are
 * elsewhere and miss nothing.
 *
 * <p>Threads: any but an event loop; {@link #add} takes secrets out and is best called by a worker.
 */
public final class Differences {

    private static final Metric DROPPED =
            Metric.counter(
                    "carve_differences_dropped_total",
                    "Differing exchanges not kept, by reason.",
                    "reason");

    /** Also the bound of what one look at the oldest reads. */
    private static final int TRIM_ROWS = 1_000;

    private final Store store;
    private final DifferenceBounds bounds;
    private final Recency recency;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong droppedBusy = new AtomicLong();
    private final AtomicLong droppedStore = new AtomicLong();

    Differences(Store store, DifferenceBounds bounds, Clock clock) {
        this.store = store;
        this.bounds = bounds;
        recency = new Recency(bounds.pathMax(), bounds.every(), clock);
    }

    /**
     * Whether an exchange that differs there is worth keeping now. Asked first, it spares copying
     * the bodies; a yes is meant to be followed by {@link #add}.
     */
    public boolean wants(CarveKey carve, List<String> paths) {
        return recency.wants(carve, paths.stream().limit(bounds.pathsMax()).toList());
    }

    /**
     * Keeps an exchange, unless too much waits for the store already.
     *
     * @param redactor takes secrets out before the store sees them
     */
    public void add(Difference difference, Redactor redactor) {
        Difference kept = redactor.redact(cut(difference));
        long weight = kept.weight();
        if (waitingBytes.addAndGet(weight) > bounds.waitingBytes().bytes()) {
            waitingBytes.addAndGet(-weight);
            droppedBusy.incrementAndGet();
            return;
        }
        store.submit(session -> insert(session, kept))
                .whenComplete((_, failure) -> {
                    waitingBytes.addAndGet(-weight);
                    if (failure != null) {
                        droppedStore.incrementAndGet();
                    }
                });
    }

    private Difference cut(Difference whole) {
        long bodyMax = bounds.bodyBytes().bytes();
        SavedRequest request = whole.request();
        return new Difference(
                whole.carve(),
                whole.at(),
                whole.paths().stream().limit(bounds.pathsMax()).toList(),
                new SavedRequest(
                        request.method(),
                        request.target(),
                        request.fields(),
                        request.body().cut(bodyMax),
                        request.bodyRedacted()),
                cut(whole.oldAnswer(), bodyMax),
                cut(whole.newAnswer(), bodyMax));
    }

    private static SavedAnswer cut(SavedAnswer answer, long bodyMax) {
        return new SavedAnswer(answer.status(), answer.fields(), answer.body().cut(bodyMax));
    }

    private long insert(Session session, Difference kept) {
        SavedRequest request = kept.request();
        String route = kept.carve().route();
        long id =
                session.first(
                                """
                                INSERT INTO carving_difference
                                  (route, fingerprint, at, weight, method, target, paths,
                                   old_status, new_status,
                                   request_fields, request_length, request_body,
                                   request_redacted,
                                   old_fields, old_length, old_body,
                                   new_fields, new_length, new_body)
                                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                                RETURNING id
                                """,
                                row -> row.number("id"),
                                route,
                                kept.carve().fingerprint(),
                                kept.at().toEpochMilli(),
                                kept.weight(),
                                request.method(),
                                request.target(),
                                Lines.join(kept.paths()),
                                kept.oldAnswer().status(),
                                kept.newAnswer().status(),
                                Field.join(request.fields()),
                                request.body().length(),
                                request.body().bytes(),
                                request.bodyRedacted(),
                                Field.join(kept.oldAnswer().fields()),
                                kept.oldAnswer().body().length(),
                                kept.oldAnswer().body().bytes(),
                                Field.join(kept.newAnswer().fields()),
                                kept.newAnswer().body().length(),
                                kept.newAnswer().body().bytes())
                        .orElseThrow();
        for (String path : kept.paths()) {
            session.update(
                    "INSERT INTO carving_difference_path (route, path, difference) VALUES (?, ?, ?)",
                    route,
                    path,
                    id);
        }
        trim(session, kept);
        return id;
    }

    private void trim(Session session, Difference added) {
        String route = added.carve().route();
        for (String path : added.paths()) {
            session.update(
                    """
                    DELETE FROM carving_difference_path WHERE route = ? AND path = ?
                      AND difference <=
                        (SELECT difference FROM carving_difference_path
                         WHERE route = ? AND path = ?
                         ORDER BY difference DESC LIMIT 1 OFFSET ?)
                    """,
                    route,
                    path,
                    route,
                    path,
                    bounds.pathMax());
        }
        // An exchange stays as long as it is among the last of any of its paths.
        session.update(
                """
                DELETE FROM carving_difference WHERE route = ? AND NOT EXISTS
                  (SELECT 1 FROM carving_difference_path
                   WHERE carving_difference_path.difference = carving_difference.id)
                """,
                route);
        session.update(
                """
                DELETE FROM carving_difference WHERE route = ? AND id <=
                  (SELECT id FROM carving_difference WHERE route = ?
                   ORDER BY id DESC LIMIT 1 OFFSET ?)
                """,
                route,
                route,
                bounds.routeMax());
        session.update(
                """
                DELETE FROM carving_difference WHERE id <=
                  (SELECT id FROM carving_difference ORDER BY id DESC LIMIT 1 OFFSET ?)
                """,
                bounds.totalMax());
        trimWeight(session);
    }

    /** One exchange and its weight. */
    private record Weighed(long id, long weight) {}

    private void trimWeight(Session session) {
        long total =
                session.first(
                                "SELECT sum(weight) AS total FROM carving_difference",
                                row -> row.number("total"))
                        .orElse(0L);
        while (total > bounds.totalBytes().bytes()) {
            List<Weighed> oldest =
                    session.query(
                            "SELECT id, weight FROM carving_difference ORDER BY id LIMIT ?",
                            row -> new Weighed(row.number("id"), row.number("weight")),
                            TRIM_ROWS);
            if (oldest.isEmpty()) {
                return;
            }
            long last = 0;
            for (Weighed each : oldest) {
                if (total <= bounds.totalBytes().bytes()) {
                    break;
                }
                total -= each.weight();
                last = each.id();
            }
            session.update("DELETE FROM carving_difference WHERE id <= ?", last);
        }
    }

    /** The last exchanges of a route, the newest first. */
    public CompletableFuture<List<KeptDifference>> list(String route, int max) {
        return store.submit(session ->
                session.query(
                        """
                        SELECT id, route, fingerprint, at, paths, method, target, old_status, new_status
                        FROM carving_difference WHERE route = ? ORDER BY id DESC LIMIT ?
                        """,
                        row ->
                                new KeptDifference(
                                        row.number("id"),
                                        carve(row),
                                        Instant.ofEpochMilli(row.number("at")),
                                        Lines.split(row.text("paths")),
                                        row.text("method"),
                                        row.text("target"),
                                        row.smallNumber("old_status"),
                                        row.smallNumber("new_status")),
                        route,
                        max));
    }

    /** One exchange with all that is kept of it. */
    public CompletableFuture<Optional<Difference>> get(long id) {
        return store.submit(session ->
                session.first(
                        "SELECT * FROM carving_difference WHERE id = ?", Differences::read, id));
    }

    /** Deletes one exchange; false if there is none. */
    public CompletableFuture<Boolean> delete(long id) {
        return store.submit(
                session -> session.update("DELETE FROM carving_difference WHERE id = ?", id) > 0);
    }

    /** Deletes all of a route; how many there were. */
    public CompletableFuture<Integer> deleteAll(String route) {
        recency.forget(route);
        return store.submit(
                session -> session.update("DELETE FROM carving_difference WHERE route = ?", route));
    }

    private static Difference read(Row row) {
        return new Difference(
                carve(row),
                Instant.ofEpochMilli(row.number("at")),
                Lines.split(row.text("paths")),
                new SavedRequest(
                        row.text("method"),
                        row.text("target"),
                        Field.split(row.text("request_fields")),
                        new SavedBody(row.bytes("request_body"), row.number("request_length")),
                        row.number("request_redacted") != 0),
                answer(row, "old"),
                answer(row, "new"));
    }

    private static SavedAnswer answer(Row row, String side) {
        return new SavedAnswer(
                row.smallNumber(side + "_status"),
                Field.split(row.text(side + "_fields")),
                new SavedBody(row.bytes(side + "_body"), row.number(side + "_length")));
    }

    private static CarveKey carve(Row row) {
        return new CarveKey(row.text("route"), row.text("fingerprint"));
    }

    void collect(MetricSink sink) {
        sink.value(DROPPED, (double) recency.dropped(), "frequent");
        sink.value(DROPPED, (double) droppedBusy.get(), "busy");
        sink.value(DROPPED, (double) droppedStore.get(), "store");
    }
}
