package dev.carve.gateway.route;

import java.util.regex.Pattern;

/**
 * Text for a regular expression that may look at it only so often: {@link Pattern} backtracks, and
 * a client chooses the text. Whoever uses up the steps does not match. Thread: one, for one match.
 */
final class BoundedText implements CharSequence {

    /** Longer values match no regular expression; bounds the depth of the matcher's recursion. */
    static final int LENGTH_MAX = 1024;

    private static final int STEPS_MAX = 50_000;

    /** Thrown out of the matcher and caught here, so it needs no stack trace. */
    private static final class UsedUp extends RuntimeException {
        UsedUp() {
            super("too many steps", null, false, false);
        }
    }

    private final String text;
    private int steps;

    private BoundedText(String text) {
        this.text = text;
    }

    static boolean matches(Pattern regex, String text) {
        try {
            return regex.matcher(new BoundedText(text)).matches();
        } catch (UsedUp _) {
            return false;
        }
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public char charAt(int index) {
        if (++steps > STEPS_MAX) {
            throw new UsedUp();
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
