package dev.carve.gateway.route;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a route takes, in the canonical form: host in lower case without port and final
 * dot, path with unreserved escapes decoded, other escapes in capitals and characters outside ASCII
 * escaped as UTF-8. {@link #toString} is the text that {@link #parse} reads (conditions follow in
 * brackets) and the route's name where the file gives none.
 *
 * @param method a method in capitals; null matches any, {@code GET} includes HEAD
 * @param host an exact name, {@code *.suffix} for one or more labels before the suffix, or null
 * @param path at least one segment; {@link Rest} and {@link Subtree} only at the end
 * @param conditions all of them must hold
 */
public record RouteMatch(
        @Nullable String method,
        @Nullable String host,
        List<Segment> path,
        List<Condition> conditions) {

    /** How many segments a path may have: the bound of the depth of every search. */
    public static final int SEGMENTS_MAX = 64;

    /** How many conditions a match may have. */
    public static final int CONDITIONS_MAX = 16;

    /** What a message says was expected. */
    public static final String EXPECTED =
            "[METHOD ][HOST]/path such as GET api.example.com/users/{id}";

    /** One part of the path, between two slashes. */
    public sealed interface Segment {}

    /** Exactly this text, in canonical form; empty between two slashes. */
    public record Literal(String text) implements Segment {}

    /** One whole segment that is not empty: {@code {id}}. */
    public record Variable(String name) implements Segment {}

    /** Everything from here on, even nothing, under a name: {@code {path...}}. */
    public record Rest(String name) implements Segment {}

    /** Everything from here on: the match ends in a slash. */
    public record Subtree() implements Segment {}

    public RouteMatch {
        path = List.copyOf(path);
        conditions = List.copyOf(conditions);
        if (path.isEmpty() || path.size() > SEGMENTS_MAX) {
            throw new IllegalArgumentException(
                    "a path of "
                            + path.size()
                            + " segments (expected: 1 to "
                            + SEGMENTS_MAX
                            + " segments)");
        }
        if (conditions.size() > CONDITIONS_MAX) {
            throw new IllegalArgumentException(
                    conditions.size()
                            + " conditions (expected: at most "
                            + CONDITIONS_MAX
                            + " in one match)");
        }
    }

    /**
     * Reads {@code [METHOD ][HOST]/path}: {@code {x}} is one whole segment, {@code {x...}} the
     * rest, a final slash the subtree ({@code /users/} takes {@code /users/} and what is below, not
     * {@code /users}).
     *
     * @throws IllegalArgumentException naming the part that is wrong and what was expected
     */
    public static RouteMatch parse(String text) {
        return new MatchParser(text).parse();
    }

    /** The same match under further conditions. */
    public RouteMatch when(List<Condition> conditions) {
        return new RouteMatch(method, host, path, conditions);
    }

    /** The names that its path binds. */
    public Set<String> variables() {
        Set<String> names = new HashSet<>();
        for (Segment segment : path) {
            switch (segment) {
                case Variable(String name) -> names.add(name);
                case Rest(String name) -> names.add(name);
                case Literal _, Subtree _ -> {}
            }
        }
        return names;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (method != null) {
            text.append(method).append(' ');
        }
        if (host != null) {
            text.append(host);
        }
        for (Segment segment : path) {
            text.append('/');
            switch (segment) {
                case Literal(String literal) -> text.append(literal);
                case Variable(String name) -> text.append('{').append(name).append('}');
                case Rest(String name) -> text.append('{').append(name).append("...}");
                case Subtree() -> {}
            }
        }
        for (Condition condition : conditions) {
            text.append(' ').append(condition);
        }
        return text.toString();
    }
}
