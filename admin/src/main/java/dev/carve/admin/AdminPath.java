package dev.carve.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The paths of the admin listener. */
enum AdminPath {
    HEALTH,
    READY,
    METRICS,
    API_LIST,
    API,
    UNKNOWN;

    private static final String API_PREFIX = "/api/";

    /** By a path without its query. */
    static AdminPath of(String path) {
        return switch (path) {
            case "/healthz" -> HEALTH;
            case "/readyz" -> READY;
            case "/metrics" -> METRICS;
            case "/api", API_PREFIX -> API_LIST;
            default -> path.startsWith(API_PREFIX) ? API : UNKNOWN;
        };
    }

    /** The path of a target. */
    static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The view or command that an {@link #API} path names. */
    static String name(String path) {
        return path.substring(API_PREFIX.length());
    }

    /** The query of a target, empty if there is none. */
    static String query(String target) {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    /**
     * Reads {@code name=value&…}, a query or a form.
     *
     * @throws IllegalArgumentException if it is malformed or names something twice
     */
    static void readArguments(String form, Map<String, String> into) {
        if (form.isEmpty()) {
            return;
        }
        Map<String, String> read = new HashMap<>();
        for (String each : form.split("&", -1)) {
            int equals = each.indexOf('=');
            String name = decode(equals < 0 ? each : each.substring(0, equals));
            String value = equals < 0 ? "" : decode(each.substring(equals + 1));
            if (read.put(name, value) != null) {
                throw new IllegalArgumentException("argument " + name + " is given twice");
            }
        }
        into.putAll(read);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
