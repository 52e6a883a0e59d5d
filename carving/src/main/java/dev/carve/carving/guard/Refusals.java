package dev.carve.carving.guard;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells at once when the new side takes no connections any more, without waiting for a block: three
 * refusals in a row, while the old side takes them. Where both refuse, what is broken is not the
 * new side, and going back would help nobody; it is told as soon as the old side answers again and
 * the new one does not.
 *
 * <p>Threads: any; loops report what happened to their connections.
 */
public final class Refusals {

    /** In a row. */
    public static final int RUN = 3;

    private final AtomicInteger newRun = new AtomicInteger();
    private final AtomicInteger oldRun = new AtomicInteger();

    /**
     * A side took no connection.
     *
     * @return whether to roll back now; may be said more than once
     */
    public boolean refused(Side side) {
        return switch (side) {
            case OLD -> {
                oldRun.incrementAndGet();
                yield false;
            }
            case NEW -> newRun.incrementAndGet() >= RUN && oldRun.get() == 0;
        };
    }

    /** A side took a connection, or answered on one. */
    public void accepted(Side side) {
        AtomicInteger run = side == Side.OLD ? oldRun : newRun;
        // Read first: on the way of every request nobody else's cache line is taken.
        if (run.get() != 0) {
            run.set(0);
        }
    }

    /** A shift begins. */
    public void begin() {
        newRun.set(0);
    }
}
