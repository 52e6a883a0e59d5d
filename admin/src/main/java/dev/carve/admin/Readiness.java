package dev.carve.admin;

import java.util.function.BooleanSupplier;

/** Whether this process wants traffic. Asked by virtual threads, several at once. */
@FunctionalInterface
public interface Readiness {

    /** How it stands now. */
    State state();

    /**
     * Whether it is ready.
     *
     * @param reason what stands in the way, or that nothing does
     */
    record State(boolean ready, String reason) {}

    /** Ready while {@code ready} says so; {@code reason} tells why it does not. */
    static Readiness of(BooleanSupplier ready, String reason) {
        return () -> ready.getAsBoolean() ? new State(true, "ready") : new State(false, reason);
    }
}
