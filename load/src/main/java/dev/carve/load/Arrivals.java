package dev.carve.load;

/** How requests of an open loop spread over time. */
public enum Arrivals {
    /** Independent users: gaps are exponential, so requests bunch as real ones do. */
    POISSON,
    /** Equal gaps (equal shares of the ramp where the rate changes). */
    EVEN
}
