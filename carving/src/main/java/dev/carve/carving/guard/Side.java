package dev.carve.carving.guard;

/** One of the two that answer a carved route. */
public enum Side {
    OLD,
    NEW;

    public Side other() {
        return this == OLD ? NEW : OLD;
    }
}
