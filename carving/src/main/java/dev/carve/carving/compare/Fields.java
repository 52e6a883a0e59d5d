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
}
