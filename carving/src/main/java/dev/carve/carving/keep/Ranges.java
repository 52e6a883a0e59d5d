package dev.carve.carving.keep;

/**
 * Checks bounds. In a class of its own: were it part of {@link KeepBounds}, whose default holds the
 * defaults of its parts, a part that is loaded first would find its own default still null.
 */
final class Ranges {

    private Ranges() {}

    /**
     * @throws IllegalArgumentException if the value is outside; names both
     */
    static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "%s: %d (expected: %d to %d)".formatted(name, value, min, max));
        }
    }
}
