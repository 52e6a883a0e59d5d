package dev.carve.carving.keep;

import dev.carve.store.Row;
import dev.carve.store.Session;
import dev.carve.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The states of all carves. Saving names the version that the change builds on, so that of two who
 * change a carve at once only one wins and the other learns of it. Any thread but an event loop.
 */
public final class CarveStates {

    private static final int ALL_MAX = 20_000;

    private static final String COLUMNS =
            "route, fingerprint, stage, share, step, step_began_at, reason, updated_at, version";

    private final Store store;

    CarveStates(Store store) {
        this.store = store;
    }

    /** Every state that is kept, also of carves that the file no longer has. */
    public CompletableFuture<List<CarveState>> all() {
        return store.submit(session ->
                session.query(
                        "SELECT "
                                + COLUMNS
                                + " FROM carving_state ORDER BY updated_at DESC LIMIT ?",
                        CarveStates::read,
                        ALL_MAX));
    }

    /**
     * Keeps a state if the store still has the version that it carries (0: has none). Safe to call
     * again with the same state when the outcome was not learnt.
     */
    public CompletableFuture<SaveOutcome> save(CarveState state) {
        return store.submit(session -> save(session, state));
    }

    private static SaveOutcome save(Session session, CarveState state) {
        long next = state.version() + 1;
        int written = state.version() == 0 ? insert(session, state) : update(session, state);
        if (written == 1) {
            return new SaveOutcome.Saved(state.withVersion(next));
        }
        Optional<CarveState> kept = find(session, state.carve());
        // The very same change: this is its repetition after an outcome that was not learnt.
        if (kept.isPresent() && kept.get().equals(state.withVersion(next))) {
            return new SaveOutcome.Saved(kept.get());
        }
        return new SaveOutcome.Conflict(kept.orElse(null));
    }

    private static int insert(Session session, CarveState state) {
        return session.update(
                "INSERT INTO carving_state ("
                        + COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING",
                state.carve().route(),
                state.carve().fingerprint(),
                state.stage(),
                state.share(),
                state.step(),
                state.stepBegan().toEpochMilli(),
                state.reason(),
                state.updatedAt().toEpochMilli());
    }

    private static int update(Session session, CarveState state) {
        return session.update(
                """
                UPDATE carving_state SET stage = ?, share = ?, step = ?, step_began_at = ?,
                  reason = ?, updated_at = ?, version = version + 1
                WHERE route = ? AND fingerprint = ? AND version = ?
                """,
                state.stage(),
                state.share(),
                state.step(),
                state.stepBegan().toEpochMilli(),
                state.reason(),
                state.updatedAt().toEpochMilli(),
                state.carve().route(),
                state.carve().fingerprint(),
                state.version());
    }

    private static Optional<CarveState> find(Session session, CarveKey carve) {
        return session.first(
                "SELECT " + COLUMNS + " FROM carving_state WHERE route = ? AND fingerprint = ?",
                CarveStates::read,
                carve.route(),
                carve.fingerprint());
    }

    private static CarveState read(Row row) {
        return new CarveState(
                new CarveKey(row.text("route"), row.text("fingerprint")),
                row.text("stage"),
                row.smallNumber("share"),
                row.smallNumber("step"),
                Instant.ofEpochMilli(row.number("step_began_at")),
                row.text("reason"),
                Instant.ofEpochMilli(row.number("updated_at")),
                row.number("version"));
    }
}
