package dev.carve.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the store stands at one moment.
 *
 * @param state whether it works
 * @param since when it came into this state
 * @param trouble the last thing that kept it from working, over or not; null if there was none
 */
public record Health(State state, Instant since, @Nullable Trouble trouble) {

    /** Whether the store works. */
    public enum State {
        /** Not yet open for the first time; commands wait. */
        OPENING,
        /** The last transaction was committed, or none was tried. */
        UP,
        /** Open, but the last transaction could not be committed; commands are tried. */
        FAILING,
        /** Not open; commands are refused, and opening is tried again and again. */
        DOWN,
        /** Closed for good. */
        CLOSED
    }

    /** What kept it from working. */
    public record Trouble(StoreException.Kind kind, String reason, Instant at) {}

    public boolean isUp() {
        return state == State.UP;
    }
}
