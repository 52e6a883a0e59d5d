package dev.carve.gateway.route;

import dev.carve.gateway.route.RouteMatch.Literal;
import dev.carve.gateway.route.RouteMatch.Rest;
import dev.carve.gateway.route.RouteMatch.Segment;
import dev.carve.gateway.route.RouteMatch.Subtree;
import dev.carve.gateway.route.RouteMatch.Variable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one match; see {@link RouteMatch#parse}. Thread: one, for one text. */
final class MatchParser {

    private static final int LENGTH_MAX = 4096;
    private static final int HOST_LENGTH_MAX = 253;
    private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]{0,31}");
    private static final Pattern HOST =
            Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+\\]");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    private final String text;
    private final Set<String> names = new HashSet<>();

    MatchParser(String text) {
        this.text = text;
    }

    RouteMatch parse() {
        if (text.length() > LENGTH_MAX) {
            throw wrong("is " + text.length() + " characters long", "at most " + LENGTH_MAX);
        }
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw wrong("has no path", RouteMatch.EXPECTED);
        }
        String before = text.substring(0, slash);
        int space = before.indexOf(' ');
        String method = space < 0 ? null : method(before.substring(0, space));
        String host = host(before.substring(space + 1));
        return new RouteMatch(method, host, path(text.substring(slash + 1)), List.of());
    }

    private String method(String method) {
        if (!METHOD.matcher(method).matches()) {
            throw wrong(
                    "has the method " + Quote.of(method),
                    "a method in capitals such as GET, or none for any");
        }
        return method;
    }

    private @Nullable String host(String written) {
        if (written.isEmpty()) {
            return null;
        }
        String host = written.toLowerCase(Locale.ROOT);
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        if (!HOST.matcher(host).matches() || host.length() > HOST_LENGTH_MAX) {
            throw wrong(
                    "has the host " + Quote.of(written),
                    "a name without port such as api.example.com, *.example.com or [::1]");
        }
        return host;
    }

    private List<Segment> path(String path) {
        List<Segment> segments = new ArrayList<>();
        String[] parts = path.split("/", -1);
        if (parts.length > RouteMatch.SEGMENTS_MAX) {
            throw wrong("has " + parts.length + " segments", "at most " + RouteMatch.SEGMENTS_MAX);
        }
        for (int i = 0; i < parts.length; i++) {
            segments.add(segment(parts[i], i == parts.length - 1));
        }
        return segments;
    }

    private Segment segment(String part, boolean last) {
        if (part.isEmpty() && last) {
            return new Subtree();
        }
        if (!part.startsWith("{")) {
            return new Literal(literal(part));
        }
        if (!part.endsWith("}")) {
            throw wrong(
                    "has the segment " + Quote.of(part),
                    "a variable that takes the whole segment, such as {id}");
        }
        String name = part.substring(1, part.length() - 1);
        boolean rest = name.endsWith("...");
        if (rest) {
            name = name.substring(0, name.length() - 3);
        }
        if (!NAME.matcher(name).matches()) {
            throw wrong(
                    "has the variable " + Quote.of(part),
                    "a name of letters, digits and _, such as {id} or {path...}");
        }
        if (rest && !last) {
            throw wrong("goes on after " + part, "{" + name + "...} as the last segment");
        }
        if (!names.add(name)) {
            throw wrong("has {" + name + "} twice", "each variable once");
        }
        return rest ? new Rest(name) : new Variable(name);
    }

    private String literal(String part) {
        if (part.equals("*") || part.equals("**")) {
            throw wrong(
                    "has the segment " + Quote.of(part),
                    "{name} for one segment, {name...} or a final / for the rest");
        }
        StringBuilder canonical = new StringBuilder();
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int value = bytes[i] & 0xFF;
            boolean escaped = value == '%';
            if (escaped) {
                value = PathForms.escape(bytes, i, bytes.length);
                if (value < 0) {
                    throw wrong("has a % in " + Quote.of(part), "% and two hexadecimal digits");
                }
                i += 2;
            } else if (value <= 0x20 || value == 0x7F || "{}?#\\".indexOf(value) >= 0) {
                throw wrong(
                        "has " + Quote.of(Character.toString(value)) + " in " + Quote.of(part),
                        value == '{' || value == '}'
                                ? "a variable that takes the whole segment, such as {id}"
                                : "the path alone, special characters escaped as %20");
            }
            if (value >= 0x80 || (escaped && !PathForms.isUnreserved(value))) {
                canonical.append(String.format("%%%02X", value));
            } else {
                canonical.append((char) value);
            }
        }
        String result = canonical.toString();
        if (result.equals(".") || result.equals("..")) {
            throw wrong("has the segment " + Quote.of(part), "a path without . and .. segments");
        }
        return result;
    }

    private IllegalArgumentException wrong(String problem, String expected) {
        return new IllegalArgumentException(
                Quote.of(text) + " " + problem + " (expected: " + expected + ")");
    }
}
