package dev.carve.carving.compare;

import java.util.ArrayList;
import java.util.List;

/** Reading and writing JSON Pointers (RFC 6901). Stateless; any thread. */
final class Pointer {

    static final String ANY = "*";

    private static final int CHARS_MAX = 1_024;
    private static final int TOKENS_MAX = 62;
    private static final String EXPECTED = "a JSON Pointer such as /items/*/price";

    private Pointer() {}

    /**
     * The tokens of a pointer, unescaped.
     *
     * @param key what a message calls the rule
     * @throws BadRule if it is none
     */
    static List<String> parse(String key, String text) {
        List<String> tokens = new ArrayList<>();
        if (text.isEmpty()) {
            return tokens;
        }
        if (text.charAt(0) != '/') {
            throw new BadRule(key, text, "does not begin with a slash", EXPECTED);
        }
        if (text.length() > CHARS_MAX) {
            throw new BadRule(key, text, "is too long", "at most " + CHARS_MAX + " characters");
        }
        int from = 1;
        while (from <= text.length()) {
            int slash = text.indexOf('/', from);
            int to = slash < 0 ? text.length() : slash;
            tokens.add(unescape(key, text, from, to));
            from = to + 1;
        }
        if (tokens.size() > TOKENS_MAX) {
            throw new BadRule(key, text, "is too deep", "at most " + TOKENS_MAX + " tokens");
        }
        return tokens;
    }

    private static String unescape(String key, String text, int from, int to) {
        StringBuilder token = new StringBuilder(to - from);
        int at = from;
        while (at < to) {
            char c = text.charAt(at++);
            if (c == '~') {
                char code = at < to ? text.charAt(at++) : ' ';
                if (code != '0' && code != '1') {
                    throw new BadRule(
                            key, text, "has a tilde that escapes nothing", "~0 for ~ and ~1 for /");
                }
                token.append(code == '0' ? '~' : '/');
            } else {
                token.append(c);
            }
        }
        return token.toString();
    }

    /** Appends a slash and a token, escaped. */
    static void append(StringBuilder path, CharSequence token) {
        path.append('/');
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            switch (c) {
                case '~' -> path.append("~0");
                case '/' -> path.append("~1");
                default -> path.append(c);
            }
        }
    }
}
