package dev.carve.example.monolith;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request read whole. Immutable; made by an HTTP thread, used by the application thread.
 *
 * @param path the raw path, escapes as they came
 * @param query the raw query; null if there is none
 * @param headers the first value of a header by its name in any case, or null
 * @param body read as UTF-8; empty if there is none
 */
record Request(
        String method,
        String path,
        @Nullable String query,
        Function<String, @Nullable String> headers,
        String body) {

    @Nullable String header(String name) {
        return headers.apply(name);
    }

    /** The decoded value of the first parameter of that name; null if there is none. */
    @Nullable String parameter(String name) {
        if (query == null) {
            return null;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (decode(key).equals(name)) {
                return equals < 0 ? "" : decode(pair.substring(equals + 1));
            }
        }
        return null;
    }

    /** The value of a cookie; null if the client sent none of that name. */
    @Nullable String cookie(String name) {
        String header = header("Cookie");
        if (header == null) {
            return null;
        }
        for (String pair : header.split(";", -1)) {
            String cookie = pair.strip();
            if (cookie.startsWith(name + "=")) {
                return cookie.substring(name.length() + 1);
            }
        }
        return null;
    }

    private static String decode(String text) {
        // The server has refused malformed escapes before, so this does not fail.
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
