package dev.carve.carving.compare;

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

    static Place header(String name) {
        return new Place(Part.HEADER, Ascii.lower(name));
    }

    /** {@code status}, {@code header location}, {@code /items/*}{@code /price}, {@code body}. */
    @Override
    public String toString() {
        return switch (part) {
            case STATUS -> "status";
            case HEADER -> "header " + path;
            case BODY -> path.isEmpty() ? "body" : path;
        };
    }
}
