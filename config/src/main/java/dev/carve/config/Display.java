package dev.carve.config;

import java.util.List;

/** How values are shown to people: escaped, cut, and without passwords. */
final class Display {

    static final String SECRET = "<secret>";

    private static final int CHARS_MAX = 80;

    private Display() {}

    /** The text in double quotes on one line, control and direction characters escaped. */
    static String quote(String text) {
        return '"' + cut(redactUrl(text), CHARS_MAX, true) + '"';
    }

    static String quote(Node.Scalar scalar, boolean secret) {
        return secret || scalar.secret() ? SECRET : quote(scalar.text());
    }

    /** On one line and at most {@value #CHARS_MAX} code points long. */
    static String cut(String text) {
        return cut(text, CHARS_MAX);
    }

    static String cut(String text, int charsMax) {
        return cut(text, charsMax, false);
    }

    private static String cut(String text, int charsMax, boolean inQuotes) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), charsMax) + 8);
        int shown = 0;
        for (int i = 0; i < text.length(); ) {
            if (shown++ == charsMax) {
                return out.append('…').toString();
            }
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            append(out, point, inQuotes);
        }
        return out.toString();
    }

    private static void append(StringBuilder out, int point, boolean inQuotes) {
        switch (point) {
            case '"', '\\' -> out.append(inQuotes ? "\\" : "").appendCodePoint(point);
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (unprintable(point)) {
                    out.append("\\u{").append(Integer.toHexString(point)).append('}');
                } else {
                    out.appendCodePoint(point);
                }
            }
        }
    }

    /** Whether showing it could disturb a terminal or a log line, or hide text. */
    static boolean unprintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            default -> false;
        };
    }

    /** Replaces the password of every {@code scheme://user:password@host} in the text. */
    static String redactUrl(String text) {
        int scheme = text.indexOf("://");
        if (scheme < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int copied = 0;
        while (scheme >= 0) {
            int start = scheme + 3;
            int end = authorityEnd(text, start);
            int at = text.lastIndexOf('@', end - 1);
            int colon = text.indexOf(':', start);
            if (at >= start && colon >= start && colon < at) {
                out.append(text, copied, colon + 1).append(SECRET);
                copied = at;
            }
            scheme = text.indexOf("://", end);
        }
        return out.append(text, copied, text.length()).toString();
    }

    /**
     * The end of the authority. A raw slash or question mark inside a password would end it too
     * early, so while an at sign still follows before the next blank, the authority goes on to it.
     */
    private static int authorityEnd(String text, int start) {
        int blank = start;
        while (blank < text.length() && !Character.isWhitespace(text.charAt(blank))) {
            blank++;
        }
        int slash = start;
        while (slash < blank && "/?#,".indexOf(text.charAt(slash)) < 0) {
            slash++;
        }
        int colon = text.indexOf(':', start);
        int at = text.indexOf('@', slash);
        boolean rawInPassword =
                colon >= start
                        && colon < slash
                        && at >= 0
                        && at < blank
                        && !port(text, colon, slash);
        return rawInPassword ? at + 1 : slash;
    }

    private static boolean port(String text, int colon, int end) {
        for (int i = colon + 1; i < end; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** {@code a, b or c}; only the first twelve. */
    static String choices(List<String> names) {
        if (names.size() > 12) {
            return String.join(", ", names.subList(0, 12)) + " …";
        }
        if (names.size() < 2) {
            return String.join("", names);
        }
        return String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
    }
}
