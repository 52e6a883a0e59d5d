package dev.carve.carving.keep;

import java.util.List;

/** A request that two sides answered differently. Immutable. */
public record SavedRequest(String method, String target, List<Field> fields, SavedBody body) {

    public SavedRequest {
        fields = List.copyOf(fields);
    }
}
