package dev.carve.carving;

import dev.carve.gateway.Action;
import org.jspecify.annotations.Nullable;

/**
 * What a mirrored request sends beside itself: a copy to the other side and, for some, a twin to
 * the old one. Starts them once.
 *
 * <p>Thread: the loop of the client's connection.
 */
final class Copies {

    private final Observation observation;
    private final Copy copy;
    private final Action to;
    private final @Nullable Copy twin;
    private final Action old;
    private boolean started;

    Copies(Observation observation, Copy copy, Action to, @Nullable Copy twin, Action old) {
        this.observation = observation;
        this.copy = copy;
        this.to = to;
        this.twin = twin;
        this.old = old;
        observation.copies(copy, twin);
    }

    Observation observation() {
        return observation;
    }

    /** Whether they may wait: a body goes to them as the client's own side takes it. */
    boolean mayWait() {
        return copy.body() == null;
    }

    /** Starts them, unless they are or nobody wants them any more. */
    void start() {
        if (started) {
            return;
        }
        started = true;
        try {
            if (!observation.isOver()) {
                copy.start(to);
            }
            if (twin != null && !observation.isOver()) {
                twin.start(old);
            }
        } catch (RuntimeException fault) {
            CarveLoop.of(copy.loop()).report(fault);
            observation.giveUp(Skip.FAULT);
        }
    }
}
