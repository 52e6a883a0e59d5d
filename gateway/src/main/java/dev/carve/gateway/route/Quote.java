package dev.carve.gateway.route;

/** A value as a message shows it: in quotes, escaped and cut. */
final class Quote {

    private static final int LENGTH_MAX = 80;

    private Quote() {}

    static String of(String value) {
        StringBuilder text = new StringBuilder("\"");
        int end = Math.min(value.length(), LENGTH_MAX);
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
