package dev.carve.carving.compare;

import org.jspecify.annotations.Nullable;

/**
 * Where two answers differ.
 *
 * @param part of the answer
 * @param path of a status the empty text; of a header the name in lower case; of a body a JSON
 *     Pointer (RFC 6901) with {@code *} for each index of an array, empty for the body as a whole
 */
public record Place(Part part, String path) {

    /** Ends a path that was too long to keep. */
    static final String CUT = "…";

    static final Place STATUS = new Place(Part.STATUS, "");
    static final Place WHOLE_BODY = new Place(Part.BODY, "");

    private static final String STATUS_WORD = "status";
    private static final String HEADER_WORD = "header ";
    private static final String BODY_WORD = "body";

    /** What {@link #toString} wrote; null if it is of no place. */
    public static @Nullable Place parse(String text) {
        if (text.equals(STATUS_WORD)) {
            return STATUS;
        }
        if (text.equals(BODY_WORD)) {
            return WHOLE_BODY;
        }
        if (text.startsWith(HEADER_WORD)) {
            return header(text.substring(HEADER_WORD.length()));
        }
        return text.startsWith("/") ? new Place(Part.BODY, text) : null;
    }

    static Place header(String name) {
        return new Place(Part.HEADER, Ascii.lower(name));
    }

    /** {@code status}, {@code header location}, {@code /items/*}{@code /price}, {@code body}. */
    @Override
    public String toString() {
        return switch (part) {
            case STATUS -> STATUS_WORD;
            case HEADER -> HEADER_WORD + path;
            case BODY -> path.isEmpty() ? BODY_WORD : path;
        };
    }
}
