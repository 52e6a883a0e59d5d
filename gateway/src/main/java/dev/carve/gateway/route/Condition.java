package dev.carve.gateway.route;

import dev.carve.http.Ascii;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a match asks of a request beside method, host and path. Header names compare without case,
 * values and parameters byte by byte as UTF-8. A repeated field has the value that RFC 9110 section
 * 5.3 gives it, its lines joined by {@code ", "}; of a repeated parameter only the first counts.
 */
public sealed interface Condition {

    /** The request has such a field, whatever its value. */
    record HeaderPresent(String name) implements Condition {
        public HeaderPresent {
            name = headerName(name);
        }

        @Override
        public String toString() {
            return "[" + name + "]";
        }
    }

    /** The field's value is this. */
    record HeaderEquals(String name, String value) implements Condition {
        public HeaderEquals {
            name = headerName(name);
        }

        @Override
        public String toString() {
            return "[" + name + ": " + value + "]";
        }
    }

    /** The field's whole value matches this regular expression. */
    record HeaderMatches(String name, String regex) implements Condition {
        public HeaderMatches {
            name = headerName(name);
            checkRegex(regex);
        }

        @Override
        public String toString() {
            return "[" + name + ": ~" + regex + "]";
        }
    }

    /** The query has such a parameter, with or without a value. */
    record QueryPresent(String name) implements Condition {
        public QueryPresent {
            checkParameter(name);
        }

        @Override
        public String toString() {
            return "[?" + name + "]";
        }
    }

    /** The first such parameter of the query has this value, after decoding. */
    record QueryEquals(String name, String value) implements Condition {
        public QueryEquals {
            checkParameter(name);
        }

        @Override
        public String toString() {
            return "[?" + name + "=" + value + "]";
        }
    }

    /** Whether no request can fulfil both: they want different values of one field or parameter. */
    default boolean excludes(Condition other) {
        return switch (this) {
            case HeaderEquals(String name, String value) ->
                    other instanceof HeaderEquals(String otherName, String otherValue)
                            && name.equals(otherName)
                            && !value.equals(otherValue);
            case QueryEquals(String name, String value) ->
                    other instanceof QueryEquals(String otherName, String otherValue)
                            && name.equals(otherName)
                            && !value.equals(otherValue);
            case HeaderPresent _, HeaderMatches _, QueryPresent _ -> false;
        };
    }

    private static String headerName(String name) {
        boolean token = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            token &= c < 0x80 && Ascii.isToken((byte) c);
        }
        if (!token) {
            throw new IllegalArgumentException(
                    Quote.of(name)
                            + " is no header name (expected: letters, digits and hyphens such as"
                            + " X-Version)");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static void checkParameter(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"\" is no query parameter (expected: a name such as version)");
        }
    }

    private static void checkRegex(String regex) {
        try {
            var _ = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    Quote.of(regex)
                            + " is no regular expression: "
                            + e.getDescription()
                            + " (expected: java.util.regex syntax such as v[12])",
                    e);
        }
    }
}
