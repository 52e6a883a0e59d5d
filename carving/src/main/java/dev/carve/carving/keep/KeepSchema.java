package dev.carve.carving.keep;

import dev.carve.store.Schema;
import java.util.List;

/** The tables. Times are milliseconds since 1970, shares ten-thousandths. */
final class KeepSchema {

    private static final Schema.Step FIRST =
            new Schema.Step(
                    1,
                    """
                    CREATE TABLE carving_state (
                      route TEXT NOT NULL,
                      fingerprint TEXT NOT NULL,
                      stage TEXT NOT NULL,
                      share BIGINT NOT NULL,
                      step BIGINT NOT NULL,
                      step_began_at BIGINT NOT NULL,
                      reason TEXT NOT NULL,
                      updated_at BIGINT NOT NULL,
                      version BIGINT NOT NULL,
                      PRIMARY KEY (route, fingerprint))
                    """,
                    """
                    CREATE TABLE carving_ledger (
                      id INTEGER PRIMARY KEY AUTOINCREMENT,
                      name TEXT NOT NULL UNIQUE,
                      route TEXT NOT NULL,
                      fingerprint TEXT NOT NULL,
                      at BIGINT NOT NULL,
                      done_by TEXT NOT NULL,
                      from_stage TEXT NOT NULL,
                      to_stage TEXT NOT NULL,
                      reason TEXT NOT NULL,
                      figures TEXT NOT NULL)
                    """,
                    "CREATE INDEX carving_ledger_route ON carving_ledger (route, id)",
                    "CREATE INDEX carving_ledger_at ON carving_ledger (at)",
                    """
                    CREATE TABLE carving_difference (
                      id INTEGER PRIMARY KEY AUTOINCREMENT,
                      route TEXT NOT NULL,
                      fingerprint TEXT NOT NULL,
                      at BIGINT NOT NULL,
                      weight BIGINT NOT NULL,
                      method TEXT NOT NULL,
                      target TEXT NOT NULL,
                      paths TEXT NOT NULL,
                      old_status BIGINT NOT NULL,
                      new_status BIGINT NOT NULL,
                      request_fields TEXT NOT NULL,
                      request_length BIGINT NOT NULL,
                      request_body BLOB NOT NULL,
                      old_fields TEXT NOT NULL,
                      old_length BIGINT NOT NULL,
                      old_body BLOB NOT NULL,
                      new_fields TEXT NOT NULL,
                      new_length BIGINT NOT NULL,
                      new_body BLOB NOT NULL)
                    """,
                    "CREATE INDEX carving_difference_route ON carving_difference (route, id)",
                    // Holds all that trimming reads, so that it does not touch the bodies.
                    "CREATE INDEX carving_difference_weight ON carving_difference (id, weight)",
                    // Which exchanges are among the last of a path; not all paths of an exchange.
                    """
                    CREATE TABLE carving_difference_path (
                      route TEXT NOT NULL,
                      path TEXT NOT NULL,
                      difference BIGINT NOT NULL
                        REFERENCES carving_difference (id) ON DELETE CASCADE,
                      PRIMARY KEY (route, path, difference))
                    """,
                    """
                    CREATE INDEX carving_difference_path_difference
                      ON carving_difference_path (difference)
                    """,
                    """
                    CREATE TABLE carving_noise (
                      route TEXT NOT NULL,
                      fingerprint TEXT NOT NULL,
                      path TEXT NOT NULL,
                      twins_compared BIGINT NOT NULL,
                      twins_differing BIGINT NOT NULL,
                      sides_compared BIGINT NOT NULL,
                      sides_differing BIGINT NOT NULL,
                      accepted BIGINT NOT NULL,
                      PRIMARY KEY (route, fingerprint, path))
                    """);

    private static final Schema.Step REQUEST_BODIES =
            new Schema.Step(
                    2,
                    """
                    ALTER TABLE carving_difference
                      ADD COLUMN request_redacted BIGINT NOT NULL DEFAULT 0
                    """);

    static final Schema SCHEMA = new Schema("carving", List.of(FIRST, REQUEST_BODIES));

    private KeepSchema() {}
}
