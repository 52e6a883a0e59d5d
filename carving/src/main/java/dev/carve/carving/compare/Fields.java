package dev.carve.carving.compare;

import org.jspecify.annotations.Nullable;

/** The header fields of an answer, asked only for the names that are compared. */
@FunctionalInterface
public interface Fields {

    /** No fields at all. */
    Fields NONE = (name, occurrence) -> null;

    /**
     * The value of a field, without white space around it.
     *
     * @param name of the field, in any case
     * @param occurrence counted from 0 over the fields of that name in their order
     * @return null if there are not so many fields of that name
     */
    @Nullable String value(String name, int occurrence);

    /**
     * Whether the fields of this name are the same in both, value by value: an answer without any
     * text made. False may also mean that it is not known.
     *
     * @param name of the fields, in any case
     */
    default boolean sameValues(String name, Fields other) {
        return false;
    }
}
