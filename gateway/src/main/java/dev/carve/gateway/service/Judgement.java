package dev.carve.gateway.service;

import dev.carve.gateway.service.Standing.State;
import org.jspecify.annotations.Nullable;

/**
 * All that is held for and against an instance, each by who says so; together they make its state.
 * Control only.
 */
final class Judgement {

    int weight = 1;

    /**
     * What an operator said: {@link State#UP}, {@link State#DRAINING} or {@link State#DISABLED}.
     */
    State command = State.UP;

    String commandReason = "";

    /** Why its checks say that it is unhealthy; null if they do not. */
    @Nullable String unhealthy;

    /** Whether a check has been through, whatever it said. */
    boolean checked;

    /** Why its calls got it ejected; null if they did not. */
    @Nullable String ejected;

    /** When its share began to grow. */
    long startedNanos;

    boolean starting;

    /** The strongest of all, {@code STARTING} left out: that is a matter of time. */
    State state() {
        if (command != State.UP) {
            return command;
        }
        if (unhealthy != null) {
            return State.UNHEALTHY;
        }
        return ejected == null ? State.UP : State.EJECTED;
    }

    String reason() {
        if (command != State.UP) {
            return commandReason;
        }
        if (unhealthy != null) {
            return unhealthy;
        }
        return ejected == null ? "" : ejected;
    }
}
