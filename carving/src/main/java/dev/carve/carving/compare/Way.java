package dev.carve.carving.compare;

/** How far two answers had to be looked at. */
public enum Way {
    /** Their statuses are of different classes, which says it all. */
    STATUS,
    /** The bodies are the same bytes. */
    SAME_BYTES,
    /** By structure. */
    JSON,
    /** As text, after replacements. */
    TEXT,
    /** By length and bytes. */
    BYTES,
    /** The bodies could not be compared. */
    NONE
}
