package dev.carve.carving.compare;

/**
 * A rule that can not be compiled. The message names the key, the value and what was expected, such
 * as {@code ignore[2]: "id" does not begin with a slash (expected: …)}.
 */
public final class BadRule extends IllegalArgumentException {

    private static final long serialVersionUID = 1;
    private static final int SHOWN_MAX = 80;

    private final String key;
    private final String problem;

    BadRule(String key, String value, String fault, String expected) {
        this(key, quote(value) + " " + fault + " (expected: " + expected + ")");
    }

    private BadRule(String key, String problem) {
        super(key + ": " + problem);
        this.key = key;
        this.problem = problem;
    }

    /** Which rule it is, below {@code compare}: {@code ignore[2]}, {@code tolerance./score}. */
    public String key() {
        return key;
    }

    /** The message without the key. */
    public String problem() {
        return problem;
    }

    /** A value as a message shows it: in quotes, escaped and cut. */
    private static String quote(String value) {
        StringBuilder text = new StringBuilder("\"");
        int end = Math.min(value.length(), SHOWN_MAX);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            if (c < 0x20 || c >= 0x7F) {
                text.append(String.format("\\u%04x", (int) c));
            } else if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else {
                text.append(c);
            }
        }
        return text.append(end < value.length() ? "…\"" : "\"").toString();
    }
}
