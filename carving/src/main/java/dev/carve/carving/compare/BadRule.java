package dev.carve.carving.compare;

/**
 * A rule that can not be compiled. The message names the key, the value and what was expected, such
 * as {@code ignore[2]: "id" does not begin with a slash (expected: …)}.
 */
public final class BadRule extends IllegalArgumentException {

    private static final long serialVersionUID = 1;
    private static final int SHOWN_MAX = 80;

    private final String key;

    BadRule(String key, String value, String fault, String expected) {
        super(key + ": " + quote(value) + " " + fault + " (expected: " + expected + ")");
        this.key = key;
    }

    /** Which rule it is, below {@code compare}: {@code ignore[2]}, {@code tolerance./score}. */
    public String key() {
        return key;
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
