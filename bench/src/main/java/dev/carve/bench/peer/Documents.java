package dev.carve.bench.peer;

import dev.carve.bench.drive.Payload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A document as an application answers it, and the same value written differently. */
final class Documents {

    private static final int ORDERS = 12;

    private static final int BYTES = Payload.SAME.answerBytes();

    /** A customer with orders: 2 KiB of objects in an array, numbers, texts and flags. */
    static final String DOCUMENT = document(false);

    /** The same value; in each object the keys come in the opposite order. */
    static final String SHUFFLED = document(true);

    private Documents() {}

    private static String document(boolean reversed) {
        List<String> orders = new ArrayList<>();
        for (int i = 0; i < ORDERS; i++) {
            Map<String, String> order = new LinkedHashMap<>();
            order.put("id", Integer.toString(70_000 + 17 * i));
            order.put("placed_at", "\"2026-11-%02dT08:%02d:00Z\"".formatted(i + 1, 3 * i));
            order.put("total", "%d.%02d".formatted(19 + 7 * i, 5 * i));
            order.put("currency", "\"EUR\"");
            order.put("paid", Boolean.toString(i % 3 != 0));
            order.put("note", i % 4 == 0 ? "null" : "\"leave it at the door %d\"".formatted(i));
            orders.add(object(order, reversed));
        }
        Map<String, String> customer = new LinkedHashMap<>();
        customer.put("id", "4711");
        customer.put("name", "\"Ada Example\"");
        customer.put("orders", "[" + String.join(",", orders) + "]");
        customer.put("remark", "\"");
        int missing = BYTES - object(customer, reversed).length() - 1;
        customer.put("remark", "\"" + "x".repeat(missing) + "\"");
        return object(customer, reversed);
    }

    private static String object(Map<String, String> fields, boolean reversed) {
        List<String> members = new ArrayList<>();
        fields.forEach((name, value) -> members.add("\"" + name + "\":" + value));
        return "{" + String.join(",", reversed ? members.reversed() : members) + "}";
    }
}
