package dev.carve.carving.guard;

/** How a side's part in one request ended. Mirrored copies count like requests. */
public enum Ending {
    /** Answered, whatever the status below 500. */
    ANSWERED(false, true),
    /** Answered with 500 to 599. Its time is no latency: failing fast is not being fast. */
    SERVER_ERROR(true, false),
    /** No answer in time. Its time counts as the least that an answer would have taken. */
    TIMED_OUT(true, true),
    /** No connection, whatever the reason. */
    CONNECT_FAILED(true, false),
    /** The connection was lost, or what came was no answer. */
    LOST(true, false),
    /** The new side failed and the old one answered in its place; not counted for the old one. */
    FELL_BACK(true, false),
    /** The gateway spared the side: its breaker is open, or its limit was used up. */
    HELD_BACK(true, false),
    /**
     * The client left before the answer. Its time counts as the least that one would have taken.
     */
    LEFT(false, true),
    /** Says nothing about the side. */
    IGNORED(false, false);

    private final boolean error;
    private final boolean timed;

    Ending(boolean error, boolean timed) {
        this.error = error;
        this.timed = timed;
    }

    boolean isError() {
        return error;
    }

    boolean isTimed() {
        return timed;
    }

    /** Whether the side must have taken a connection for it to end so. */
    public boolean showsConnection() {
        return switch (this) {
            case ANSWERED, SERVER_ERROR, TIMED_OUT, LOST, FELL_BACK -> true;
            case CONNECT_FAILED, HELD_BACK, LEFT, IGNORED -> false;
        };
    }
}
