package dev.carve.example.monolith;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A whole answer. Immutable; made by the application thread, written by an HTTP thread.
 *
 * @param headers beside Content-Length and Date, in this order
 * @param body goes out as UTF-8; empty if there is none
 */
record Answer(int status, Map<String, String> headers, String body) {

    /** As Express answers {@code res.send(text)}. */
    static Answer html(String text) {
        return of(200, "text/html; charset=utf-8", text);
    }

    static Answer json(int status, JsonNode json) {
        return json(status, json.toString());
    }

    /** Takes JSON that is already written. */
    static Answer json(int status, String json) {
        return of(status, "application/json; charset=utf-8", json);
    }

    static Answer error(int status, String message) {
        return json(status, JsonNodeFactory.instance.objectNode().put("error", message));
    }

    static Answer of(int status, String contentType, String text) {
        return new Answer(status, Map.of("Content-Type", contentType), text);
    }

    /** An answer that never has a body: 204 or 304. */
    static Answer empty(int status) {
        return new Answer(status, Map.of(), "");
    }

    Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, more, body);
    }
}
