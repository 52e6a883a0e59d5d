package dev.carve.config;

/**
 * A value and the node it came from, completed with defaults.
 *
 * @param value an Optional where the component is one; never null
 */
record Bound(Object value, Node node) {}
