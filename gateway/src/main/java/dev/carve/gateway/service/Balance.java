package dev.carve.gateway.service;

/** How the next instance is chosen. */
public enum Balance {
    /** One after the other. */
    ROUND_ROBIN,
    /** The one with fewer calls in flight, of two chosen at random (Mitzenmacher, 2001). */
    LEAST_REQUESTS
}
