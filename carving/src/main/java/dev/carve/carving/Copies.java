package dev.carve.carving;

import dev.carve.carving.guard.Side;
import dev.carve.gateway.Action;
import dev.carve.gateway.ActiveCall;
import dev.carve.http.Loop;
import org.jspecify.annotations.Nullable;

/**
 * What a mirrored request sends beside itself: a copy to the other side and, for some, a twin to
 * the old one. Starts them once. Part of an {@link Observation}, and used again with it.
 *
 * <p>Thread: the loop of the client's connection.
 */
final class Copies {

    private final Observation observation;
    private final Copy copy;
    private @Nullable Copy twin;
    private boolean hasTwin;
    private boolean started;

    // Nobody's while free.
    private Action to = (_, _) -> ActiveCall.NONE;
    private Action old = to;

    Copies(Observation observation) {
        this.observation = observation;
        copy = new Copy(observation, observation.copy());
    }

    /**
     * They are about to be made; what they need was taken from the budget.
     *
     * @param other gets the copy
     */
    void begin(Sides sides, Side other, boolean twice, CarveCounts.PerLoop counts) {
        started = false;
        hasTwin = twice;
        to = sides.of(other);
        old = sides.oldAction();
        copy.begin(other, sides.router(), counts.window(other));
        if (twice) {
            Copy second = twin;
            if (second == null) {
                second = new Copy(observation, observation.secondOfOld());
                twin = second;
            }
            second.begin(Side.OLD, sides.router(), counts.window(Side.OLD));
        }
    }

    /** Free for another request. */
    void clear() {
        to = (_, _) -> ActiveCall.NONE;
        old = to;
        copy.clear();
        if (twin != null) {
            twin.clear();
        }
    }

    Observation observation() {
        return observation;
    }

    /** Whether they may wait: a body goes to them as the client's own side takes it. */
    boolean mayWait() {
        return copy.body() == null;
    }

    /** More of the request's body: bytes that nobody changes any more. */
    void more(byte[] bytes) {
        copy.more(bytes);
        if (hasTwin && twin != null) {
            twin.more(bytes);
        }
    }

    /** The client's own call took the end of the body. */
    void bodyEnd() {
        copy.bodyEnd();
        if (hasTwin && twin != null) {
            twin.bodyEnd();
        }
    }

    /** Starts them, unless they are or nobody wants them any more. */
    void start() {
        if (started) {
            return;
        }
        started = true;
        Loop loop = copy.loop();
        try {
            if (!observation.isOver()) {
                copy.start(to);
            }
            if (hasTwin && twin != null && !observation.isOver()) {
                twin.start(old);
            }
        } catch (RuntimeException fault) {
            CarveLoop.of(loop).report(fault);
            observation.giveUp(Skip.FAULT);
        }
    }

    /** Nobody wants their answers any more. */
    void stop() {
        copy.stop();
        if (hasTwin && twin != null) {
            twin.stop();
        }
    }
}
