package dev.carve.admin;

import dev.carve.http.Head;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** One answer of the admin listener, made on any thread. */
@SuppressWarnings("ArrayRecordComponent") // Written once to a socket, never compared.
record Answer(int status, String type, byte[] body, Map<String, String> fields) {

    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    static Answer text(int status, String text) {
        return of(status, TEXT, text + "\n");
    }

    static Answer json(int status, Object tree) {
        return of(status, JSON, Json.write(tree) + "\n");
    }

    static Answer error(int status, String code, String message) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("error", code);
        tree.put("message", message);
        return json(status, tree);
    }

    static Answer of(int status, String type, String body) {
        return new Answer(status, type, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    Answer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new Answer(status, type, body, more);
    }

    /** Its head for the wire. */
    Head head() {
        Head head = new Head().startResponse(status, reason(status));
        head.add("Content-Type", type);
        head.add("Content-Length", Integer.toString(body.length));
        head.add("Cache-Control", "no-store");
        head.add("X-Content-Type-Options", "nosniff");
        fields.forEach(head::add);
        return head;
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 415 -> "Unsupported Media Type";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            default -> "Refused";
        };
    }
}
