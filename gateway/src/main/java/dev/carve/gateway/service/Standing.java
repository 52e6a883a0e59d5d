package dev.carve.gateway.service;

import java.time.Instant;

/**
 * How an instance stands, for people: whether it gets calls, why it is so, and since when.
 * Immutable.
 *
 * @param reason lower case, no full stop; empty if there is nothing to explain
 */
public record Standing(State state, String reason, Instant since) {

    /** The states, the stronger after the weaker: what an operator says goes before all else. */
    public enum State {
        /** Gets its full share. */
        UP(true),
        /** New or recovered, its share still growing. */
        STARTING(true),
        /** Left out for a time, since its calls failed. */
        EJECTED(false),
        /** Its checks fail. */
        UNHEALTHY(false),
        /** Gets no calls any more; those under way are finished. */
        DRAINING(false),
        /** Switched off by an operator. */
        DISABLED(false);

        private final boolean eligible;

        State(boolean eligible) {
            this.eligible = eligible;
        }

        /** Whether calls may be sent to it. */
        public boolean isEligible() {
            return eligible;
        }
    }
}
