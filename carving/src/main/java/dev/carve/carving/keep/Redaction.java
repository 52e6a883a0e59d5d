package dev.carve.carving.keep;

import java.util.ArrayList;
import java.util.List;

/**
 * What counts as a secret, beside the fields that always do. Immutable.
 *
 * @param fields names of header fields, whatever their case
 * @param parameters names of parameters in targets and forms, whatever their case
 * @param json where secrets stand in JSON bodies: a path such as {@code /user/token} or {@code
 *     /users/*}{@code /token}, or a bare name, which means every member of that name, whatever its
 *     case
 */
public record Redaction(List<String> fields, List<String> parameters, List<String> json) {

    /** The usual names. */
    public static final Redaction DEFAULT =
            new Redaction(
                    List.of("x-api-key", "x-auth-token", "x-csrf-token"),
                    List.of(
                            "token",
                            "access_token",
                            "id_token",
                            "refresh_token",
                            "api_key",
                            "apikey",
                            "key",
                            "secret",
                            "password",
                            "code",
                            "signature",
                            "sig"),
                    List.of(
                            "password",
                            "secret",
                            "client_secret",
                            "access_token",
                            "id_token",
                            "refresh_token",
                            "api_key",
                            "apikey"));

    /** As many paths as a mask has bits. */
    private static final int JSON_PATHS_MAX = 64;

    public Redaction {
        fields = List.copyOf(fields);
        parameters = List.copyOf(parameters);
        json = List.copyOf(json);
        long paths = json.stream().filter(each -> each.startsWith("/")).count();
        if (paths > JSON_PATHS_MAX) {
            throw new IllegalArgumentException(
                    paths + " JSON paths (expected: at most " + JSON_PATHS_MAX + ")");
        }
        if (json.contains("")) {
            throw new IllegalArgumentException(
                    "JSON path \"\" (expected: a path such as /user/token, or a name)");
        }
    }

    /**
     * The same and further secrets.
     *
     * @param more as {@link #json}; a bare name is that of a parameter as well
     */
    public Redaction with(List<String> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<String> names = new ArrayList<>(parameters);
        more.stream().filter(each -> !each.startsWith("/")).forEach(names::add);
        List<String> places = new ArrayList<>(json);
        places.addAll(more);
        return new Redaction(fields, names, places);
    }

    /** The paths among {@link #json}, by segment, their escapes (RFC 6901) undone. */
    List<List<String>> jsonPaths() {
        List<List<String>> paths = new ArrayList<>();
        for (String each : json) {
            if (each.startsWith("/")) {
                List<String> segments = new ArrayList<>();
                for (String segment : each.substring(1).split("/", -1)) {
                    segments.add(segment.replace("~1", "/").replace("~0", "~"));
                }
                paths.add(List.copyOf(segments));
            }
        }
        return paths;
    }

    /** The bare names among {@link #json}. */
    List<String> jsonNames() {
        return json.stream().filter(each -> !each.startsWith("/")).toList();
    }
}
