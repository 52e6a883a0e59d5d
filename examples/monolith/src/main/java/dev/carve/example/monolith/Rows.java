package dev.carve.example.monolith;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * {@code GET /api/data/{id}}: one row, as an array. {@code GET /api/data-cpu/{id}}: the same after
 * burning a fixed amount of CPU.
 */
final class Rows {

    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final Database database;
    private final int cpuTurns;
    private int burnt;

    Rows(Database database, int cpuTurns) {
        this.database = database;
        this.cpuTurns = cpuTurns;
    }

    Answer read(Request request, List<String> parts) throws SQLException {
        long id = Identifier.parse(parts.getFirst());
        try (ResultSet row =
                database.statement(
                                Database.Table.DATA,
                                "SELECT active, amount, name, created_at, updated_at FROM data WHERE id = ?",
                                id)
                        .executeQuery()) {
            if (!row.next()) {
                throw new Refusal(404, "no row has the id " + id);
            }
            ArrayNode rows = JsonNodeFactory.instance.arrayNode();
            rows.addObject()
                    .put("id", id)
                    .put("active", row.getBoolean(1))
                    .put("amount", row.getLong(2))
                    .put("name", row.getString(3))
                    .put("created_at", timestamp(row.getLong(4) * 1000))
                    .put("updated_at", timestamp(row.getLong(5) * 1000));
            return Answer.json(200, rows);
        }
    }

    Answer burnAndRead(Request request, List<String> parts) throws SQLException {
        // A bad id costs nothing: refused before the burn.
        Identifier.parse(parts.getFirst());
        burnt = burn(burnt);
        return read(request, parts);
    }

    /**
     * Each turn needs the result of the turn before, and the last one is kept, so that a compiler
     * can neither drop the loop nor do several turns at once.
     */
    private int burn(int from) {
        int x = from;
        for (int i = 0; i < cpuTurns; i++) {
            x = (x ^ i) + 1;
        }
        return x;
    }

    /** ISO 8601 in UTC with milliseconds, as JavaScript writes it. */
    static String timestamp(long epochMillis) {
        return TIMESTAMP.format(Instant.ofEpochMilli(epochMillis));
    }
}
