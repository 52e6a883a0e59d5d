package dev.carve.example.monolith;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * {@code GET /stories?keys=a,b}: a batch of stories in the order asked for, null for each key that
 * has none.
 */
final class Stories implements Handler {

    static final int KEYS_MAX = 100;
    static final int KEY_MAX = 128;

    private final Database database;

    Stories(Database database) {
        this.database = database;
    }

    @Override
    public Answer answer(Request request, List<String> parts) throws SQLException {
        String parameter = request.parameter("keys");
        if (parameter == null || parameter.isEmpty()) {
            throw Refusal.of("keys", "missing", "1 to 100 keys with commas between");
        }
        String[] keys = parameter.split(",", -1);
        if (keys.length > KEYS_MAX) {
            throw Refusal.of("keys", keys.length + " keys", "1 to 100 keys with commas between");
        }
        StringBuilder json = new StringBuilder("{\"stories\":[");
        for (int i = 0; i < keys.length; i++) {
            if (keys[i].isEmpty() || keys[i].length() > KEY_MAX) {
                throw Refusal.of(
                        "keys",
                        "key %d has %d characters".formatted(i + 1, keys[i].length()),
                        "1 to 128");
            }
            json.append(i == 0 ? "{\"key\":" : ",{\"key\":")
                    .append(JsonNodeFactory.instance.stringNode(keys[i]))
                    .append(",\"story\":")
                    .append(story(keys[i]))
                    .append('}');
        }
        return Answer.json(200, json.append("]}").toString());
    }

    /** The stored JSON goes out as it is; parsing it would only burn CPU. */
    private String story(String key) throws SQLException {
        try (ResultSet row =
                database.statement(
                                Database.Table.STORIES,
                                "SELECT body FROM stories WHERE key = ?",
                                key)
                        .executeQuery()) {
            return row.next() ? row.getString(1) : "null";
        }
    }
}
