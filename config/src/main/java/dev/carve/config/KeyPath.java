package dev.carve.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path of a setting: {@code routes[2].to}, {@code services.users.urls[0]}. A key with a dot,
 * bracket, quote or blank stands in brackets: {@code services["a.b"].urls}. Immutable; features
 * build paths with it so that odd keys come out right.
 */
public final class KeyPath {

    /** The whole configuration. */
    public static final KeyPath ROOT = new KeyPath(null, new Step.Index(-1));

    private final @Nullable KeyPath parent;
    private final Step step;

    private KeyPath(@Nullable KeyPath parent, Step step) {
        this.parent = parent;
        this.step = step;
    }

    /** One step into a mapping or a list. */
    sealed interface Step {
        record Name(String key) implements Step {}

        record Index(int index) implements Step {}
    }

    public static KeyPath of(String key) {
        return ROOT.key(key);
    }

    public KeyPath key(String key) {
        return new KeyPath(this, new Step.Name(key));
    }

    public KeyPath index(int index) {
        return new KeyPath(this, new Step.Index(index));
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public static KeyPath parse(String text) {
        KeyPath path = ROOT;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '[') {
                boolean quoted = at + 1 < text.length() && text.charAt(at + 1) == '"';
                int end = quoted ? closing(text, at + 2) : text.indexOf(']', at);
                if (end < 0) {
                    throw new IllegalArgumentException("unclosed bracket");
                }
                path =
                        quoted
                                ? path.key(unescape(text.substring(at + 2, end)))
                                : path.index(number(text.substring(at + 1, end)));
                at = quoted ? end + 2 : end + 1;
            } else {
                int start = c == '.' && at > 0 ? at + 1 : at;
                int end = start;
                while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != '[') {
                    end++;
                }
                if (end == start) {
                    throw new IllegalArgumentException("empty key");
                }
                path = path.key(text.substring(start, end));
                at = end;
            }
        }
        return path;
    }

    private static int number(String digits) {
        try {
            return Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException notDigits) {
            throw new IllegalArgumentException("no index", notDigits);
        }
    }

    /** The quote that is followed by a bracket and not escaped; -1 if there is none. */
    private static int closing(String text, int from) {
        for (int i = from; i + 1 < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == '"') {
                return text.charAt(i + 1) == ']' ? i : -1;
            }
        }
        return -1;
    }

    private static String unescape(String key) {
        StringBuilder out = new StringBuilder(key.length());
        for (int i = 0; i < key.length(); i++) {
            boolean escaped = key.charAt(i) == '\\' && i + 1 < key.length();
            out.append(key.charAt(escaped ? ++i : i));
        }
        return out.toString();
    }

    List<Step> steps() {
        Deque<Step> steps = new ArrayDeque<>();
        for (KeyPath at = this; at.parent != null; at = at.parent) {
            steps.addFirst(at.step);
        }
        return new ArrayList<>(steps);
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (Step each : steps()) {
            switch (each) {
                case Step.Index(int index) -> out.append('[').append(index).append(']');
                case Step.Name(String key) when plain(key) ->
                        out.append(out.isEmpty() ? "" : ".").append(key);
                case Step.Name(String key) -> out.append("[\"").append(escape(key)).append("\"]");
            }
        }
        return out.toString();
    }

    private static String escape(String key) {
        return key.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static boolean plain(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c <= ' ' || ".[]\"\\:".indexOf(c) >= 0 || c >= 0x7f) {
                return false;
            }
        }
        return !key.isEmpty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyPath path && steps().equals(path.steps());
    }

    @Override
    public int hashCode() {
        return steps().hashCode();
    }
}
