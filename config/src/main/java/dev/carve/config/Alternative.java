package dev.carve.config;

/**
 * A record, with {@link Key} on its type, as one more alternative of an {@link Open} choice that
 * another module owns.
 */
public record Alternative<C>(Class<C> choice, Class<? extends C> type) implements Registration {}
