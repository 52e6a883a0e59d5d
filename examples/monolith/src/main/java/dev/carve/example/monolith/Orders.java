package dev.carve.example.monolith;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /orders}: what every classic application has, create, read, update and delete on a table.
 * A client that creates an order and has no session yet gets a session cookie.
 */
final class Orders {

    private static final int LIST_MAX = 100;
    private static final int LIST_DEFAULT = 20;
    private static final int TEXT_MAX = 200;
    private static final int QUANTITY_MAX = 1000;
    private static final List<String> STATES = List.of("open", "paid", "shipped", "cancelled");
    private static final Set<String> FIELDS = Set.of("customer", "item", "quantity", "status");

    private static final String COLUMNS =
            "SELECT id, customer, item, quantity, status, created_at, updated_at FROM orders";

    /** What a client may write. */
    private record Draft(String customer, String item, int quantity, String status) {

        static Draft of(Request request) {
            JsonBody body =
                    JsonBody.of(request).allowing(FIELDS, "customer, item, quantity, status");
            return new Draft(
                    body.text("customer", TEXT_MAX),
                    body.text("item", TEXT_MAX),
                    (int) body.whole("quantity", 1, QUANTITY_MAX),
                    body.oneOf("status", STATES, "open"));
        }
    }

    private final Database database;
    private final InstantSource clock;
    private final RandomGenerator random;

    Orders(Database database, InstantSource clock, RandomGenerator random) {
        this.database = database;
        this.clock = clock;
        this.random = random;
    }

    /** Orders by id, from the one after {@code after}; {@code next} is what to ask for next. */
    Answer list(Request request, List<String> parts) throws SQLException {
        long limit = parameter(request, "limit", LIST_DEFAULT, 1, LIST_MAX);
        long after = parameter(request, "after", 0, 0, 999_999_999_999_999L);
        ArrayNode orders = JsonNodeFactory.instance.arrayNode();
        long last = after;
        boolean more = false;
        try (ResultSet row =
                statement(COLUMNS + " WHERE id > ? ORDER BY id LIMIT ?", after, limit + 1)
                        .executeQuery()) {
            while (row.next()) {
                if (orders.size() == limit) {
                    more = true;
                } else {
                    orders.add(order(row));
                    last = row.getLong("id");
                }
            }
        }
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.set("orders", orders);
        return Answer.json(200, more ? page.put("next", last) : page.putNull("next"));
    }

    Answer read(Request request, List<String> parts) throws SQLException {
        return Answer.json(200, stored(Identifier.parse(parts.getFirst())));
    }

    Answer create(Request request, List<String> parts) throws SQLException {
        Draft draft = Draft.of(request);
        long now = clock.millis();
        long id;
        try (ResultSet created =
                statement(
                                "INSERT INTO orders (customer, item, quantity, status, created_at, updated_at)"
                                        + " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                                draft.customer,
                                draft.item,
                                draft.quantity,
                                draft.status,
                                now,
                                now)
                        .executeQuery()) {
            created.next();
            id = created.getLong(1);
        }
        Answer answer = Answer.json(201, stored(id)).with("Location", "/orders/" + id);
        return request.cookie("session") == null
                ? answer.with(
                        "Set-Cookie", "session=" + session() + "; Path=/; HttpOnly; SameSite=Lax")
                : answer;
    }

    Answer replace(Request request, List<String> parts) throws SQLException {
        long id = Identifier.parse(parts.getFirst());
        Draft draft = Draft.of(request);
        int changed =
                statement(
                                "UPDATE orders SET customer = ?, item = ?, quantity = ?, status = ?,"
                                        + " updated_at = ? WHERE id = ?",
                                draft.customer,
                                draft.item,
                                draft.quantity,
                                draft.status,
                                clock.millis(),
                                id)
                        .executeUpdate();
        if (changed == 0) {
            throw missing(id);
        }
        return Answer.json(200, stored(id));
    }

    Answer delete(Request request, List<String> parts) throws SQLException {
        long id = Identifier.parse(parts.getFirst());
        if (statement("DELETE FROM orders WHERE id = ?", id).executeUpdate() == 0) {
            throw missing(id);
        }
        return Answer.empty(204);
    }

    private ObjectNode stored(long id) throws SQLException {
        try (ResultSet row = statement(COLUMNS + " WHERE id = ?", id).executeQuery()) {
            if (!row.next()) {
                throw missing(id);
            }
            return order(row);
        }
    }

    private static ObjectNode order(ResultSet row) throws SQLException {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", row.getLong("id"))
                .put("customer", row.getString("customer"))
                .put("item", row.getString("item"))
                .put("quantity", row.getInt("quantity"))
                .put("status", row.getString("status"))
                .put("created_at", Rows.timestamp(row.getLong("created_at")))
                .put("updated_at", Rows.timestamp(row.getLong("updated_at")));
    }

    private static Refusal missing(long id) {
        return new Refusal(404, "no order has the id " + id);
    }

    private static long parameter(
            Request request, String name, long missing, long least, long greatest) {
        @Nullable String text = request.parameter(name);
        if (text == null) {
            return missing;
        }
        if (text.matches("[0-9]{1,15}")) {
            long value = Long.parseLong(text);
            if (value >= least && value <= greatest) {
                return value;
            }
        }
        throw new Refusal(
                400,
                "%s: not acceptable (expected: a whole number from %d to %d)"
                        .formatted(name, least, greatest));
    }

    private PreparedStatement statement(String sql, Object... parameters) throws SQLException {
        return database.statement(Database.Table.ORDERS, sql, parameters);
    }

    private String session() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
