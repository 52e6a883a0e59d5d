package dev.carve.store;

import dev.carve.store.StoreException.Kind;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings the tables of all features to what this program expects, in one transaction. What a newer
 * program has changed is left alone and refused. Store thread only.
 */
final class Migrations {

    private static final String TABLE =
            """
            CREATE TABLE IF NOT EXISTS carve_steps (
              feature TEXT NOT NULL,
              number BIGINT NOT NULL,
              applied_at_millis BIGINT NOT NULL,
              PRIMARY KEY (feature, number))
            """;

    private final List<Schema> schemas;

    /**
     * @throws IllegalArgumentException if two have one name
     */
    Migrations(List<Schema> schemas) {
        this.schemas = List.copyOf(schemas);
        Set<String> names = new HashSet<>();
        for (Schema each : schemas) {
            if (!names.add(each.name())) {
                throw new IllegalArgumentException("two schemas named " + each.name());
            }
        }
    }

    /** Does what is due, within the transaction that the session is in. */
    void apply(Session session, Engine engine, Instant now) {
        session.execute(TABLE);
        for (Schema schema : schemas) {
            long found =
                    session.first(
                                    "SELECT max(number) AS number FROM carve_steps WHERE feature = ?",
                                    row -> row.number("number"),
                                    schema.name())
                            .orElse(0L);
            if (found > schema.number()) {
                throw new StoreException(
                        Kind.NEWER,
                        engine.address(),
                        "written by a newer Carve: %s is at step %d (expected: at most %d)"
                                .formatted(schema.name(), found, schema.number()));
            }
            for (Schema.Step step : schema.steps().subList((int) found, schema.number())) {
                for (String sql : engine.statements(step)) {
                    session.execute(sql);
                }
                session.update(
                        "INSERT INTO carve_steps (feature, number, applied_at_millis) VALUES (?, ?, ?)",
                        schema.name(),
                        step.number(),
                        now.toEpochMilli());
            }
        }
    }
}
