package dev.carve.carving.compare;

/**
 * How far a comparer goes. Past a bound a comparison ends in a {@link Reason}, never in an error.
 *
 * @param decodedBytes of one body once its content coding is undone, 1 KiB to 256 MiB; a longer one
 *     is skipped
 * @param values of one JSON document, 16 to 8,388,608; a comparer keeps 32 bytes for each, twice
 * @param depth of arrays and objects in each other, 1 to 512
 * @param differences kept of one comparison, 1 to 4,096; the rest is only counted
 * @param pathChars of one path, 16 to 4,096; the rest is cut
 */
public record Bounds(int decodedBytes, int values, int depth, int differences, int pathChars) {

    /** 4 MiB, 262,144 values, 256 deep, 64 differences of at most 256 characters. */
    public static final Bounds DEFAULT = new Bounds(4 << 20, 1 << 18, 256, 64, 256);

    public Bounds {
        check("decoded_bytes", decodedBytes, 1 << 10, 256 << 20);
        check("values", values, 16, 1 << 23);
        check("depth", depth, 1, 512);
        check("differences", differences, 1, 4_096);
        check("path_chars", pathChars, 16, 4_096);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "compare."
                            + name
                            + ": "
                            + value
                            + " (expected: "
                            + least
                            + " to "
                            + most
                            + ")");
        }
    }
}
