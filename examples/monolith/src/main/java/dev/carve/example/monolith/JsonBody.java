package dev.carve.example.monolith;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request body that must be one JSON object, read strictly. Numbers mean what they mean in
 * JavaScript, so that 1e3 is the whole number 1000. Application thread only.
 */
final class JsonBody {

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final long SAFE_MAX = (1L << 53) - 1;
    private static final int SHOWN_MAX = 40;

    private final JsonNode object;

    private JsonBody(JsonNode object) {
        this.object = object;
    }

    /**
     * Reads the body of a request.
     *
     * @throws Refusal 415 if the body is declared as something else, 400 if it is not one object
     */
    static JsonBody of(Request request) {
        String type = request.header("Content-Type");
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw new Refusal(415, "Content-Type: not supported here (expected: application/json)");
        }
        String encoding = request.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new Refusal(415, "Content-Encoding: not supported here (expected: none)");
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(request.body());
        } catch (JacksonException e) {
            throw Refusal.of("body", "not valid JSON", "a JSON object");
        }
        if (node.isMissingNode()) {
            throw Refusal.of("body", "not valid JSON", "a JSON object");
        }
        if (!node.isObject()) {
            throw Refusal.of("body", shown(node), "a JSON object");
        }
        return new JsonBody(node);
    }

    /** Refuses fields that nobody reads: a misspelt name must not pass unseen. */
    JsonBody allowing(Set<String> names, String expected) {
        for (String name : object.propertyNames()) {
            if (!names.contains(name)) {
                throw Refusal.of(quoted(name), "unknown field", expected);
            }
        }
        return this;
    }

    long whole(String name, long least, long greatest) {
        JsonNode node = object.get(name);
        if (node != null && node.isNumber()) {
            double value = Double.parseDouble(node.numberValue().toString());
            if (value == Math.rint(value) && value >= least && value <= greatest) {
                return (long) value;
            }
        }
        String expected = "a whole number from %d to %d".formatted(least, greatest);
        throw Refusal.of(name, shown(node), expected);
    }

    /** A text of 1 to max UTF-16 units without control characters. */
    String text(String name, int max) {
        JsonNode node = object.get(name);
        if (node != null && node.isString()) {
            String value = node.stringValue();
            if (!value.isBlank()
                    && value.length() <= max
                    && value.chars().noneMatch(JsonBody::control)) {
                return value;
            }
        }
        String expected = "a text of 1 to %d characters, not blank".formatted(max);
        throw Refusal.of(name, shown(node), expected);
    }

    String oneOf(String name, List<String> values, String missing) {
        JsonNode node = object.get(name);
        if (node == null) {
            return missing;
        }
        if (node.isString() && values.contains(node.stringValue())) {
            return node.stringValue();
        }
        throw Refusal.of(name, shown(node), String.join(", ", values));
    }

    private static String shown(@Nullable JsonNode node) {
        if (node == null) {
            return "missing";
        }
        if (node.isString()) {
            return quoted(node.stringValue());
        }
        if (node.isNumber()) {
            double value = Double.parseDouble(node.numberValue().toString());
            if (value != Math.rint(value)) {
                return "a fraction";
            }
            return Math.abs(value) <= SAFE_MAX ? Long.toString((long) value) : "a huge number";
        }
        if (node.isArray()) {
            return "an array";
        }
        return node.isObject() ? "an object" : node.toString();
    }

    private static String quoted(String text) {
        String cut = text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "...";
        StringBuilder safe = new StringBuilder("\"");
        cut.chars().forEach(c -> safe.append(control(c) || c == '"' ? '?' : (char) c));
        return safe.append('"').toString();
    }

    private static boolean control(int c) {
        return c < 0x20 || (c >= 0x7f && c < 0xa0);
    }
}
