package dev.carve.carving.keep;

import java.util.List;

/**
 * A request that two sides answered differently. Immutable.
 *
 * @param bodyRedacted whether secrets were taken out of the body, so that it is not what was sent
 */
public record SavedRequest(
        String method, String target, List<Field> fields, SavedBody body, boolean bodyRedacted) {

    public SavedRequest {
        fields = List.copyOf(fields);
    }

    /** A request as it was sent. */
    public SavedRequest(String method, String target, List<Field> fields, SavedBody body) {
        this(method, target, fields, body, false);
    }
}
