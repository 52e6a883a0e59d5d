package dev.carve.carving.compare;

/**
 * One place where two answers differ.
 *
 * @param place where
 * @param kind how
 * @param count how often in these two answers: an array of objects may differ at one path many
 *     times
 */
public record Difference(Place place, Kind kind, int count) {

    /** How two answers differ at a place. */
    public enum Kind {
        /** The old side has it, the new one has not. */
        MISSING,
        /** The new side has it, the old one has not. */
        ADDED,
        /** Both have it, with different values. */
        CHANGED,
        /** Both have it, as different types of JSON value; true and false are of one type. */
        TYPE
    }
}
