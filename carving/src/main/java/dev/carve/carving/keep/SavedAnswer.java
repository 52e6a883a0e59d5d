package dev.carve.carving.keep;

import java.util.List;

/** One side's answer. Immutable. */
public record SavedAnswer(int status, List<Field> fields, SavedBody body) {

    public SavedAnswer {
        fields = List.copyOf(fields);
    }
}
