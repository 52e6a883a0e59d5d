package dev.carve.carving.compare;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names and values of the wire, whose case only counts in ASCII. Stateless; any thread. */
final class Ascii {

    private Ascii() {}

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static boolean startsWith(@Nullable String text, String lower) {
        return text != null && text.regionMatches(true, 0, lower, 0, lower.length());
    }

    static boolean contains(@Nullable String text, String lower) {
        if (text == null) {
            return false;
        }
        for (int i = 0; i + lower.length() <= text.length(); i++) {
            if (text.regionMatches(true, i, lower, 0, lower.length())) {
                return true;
            }
        }
        return false;
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
