package dev.carve.carving;

import org.jspecify.annotations.Nullable;

/**
 * How many copies to one side may be under way on one loop, found out as a congestion window is
 * (RFC 5681): it begins small, grows by one with each answer and shrinks with each failure, so that
 * a side that hangs gets a handful of copies, and one that is down a try now and then. Without it a
 * dead side would cost every request an attempt to connect.
 *
 * <p>Thread: one event loop.
 */
final class CopyWindow {

    /** What may be under way at a side of which nothing is known yet. */
    private static final int FIRST = 16;

    /** Failures in a row that are taken for accidents. */
    private static final int ACCIDENTS = 3;

    private static final long REST_MIN_NANOS = 100_000_000;
    private static final int REST_DOUBLINGS = 6;

    private int size = FIRST;
    private int underWay;
    private int failures;
    private long restsUntil;

    /** Why no copy may begin at this moment; null if one may, which then {@link #begin begins}. */
    @Nullable Skip closed(long nowNanos) {
        if (failures >= ACCIDENTS && nowNanos - restsUntil < 0) {
            return Skip.UNREACHABLE;
        }
        return underWay >= size ? Skip.UNANSWERED : null;
    }

    void begin() {
        underWay++;
    }

    /** A copy is over, whatever became of it. */
    void end() {
        underWay--;
    }

    /** The side answered a copy, whatever it said. */
    void answered(int most) {
        failures = 0;
        if (size < most) {
            size++;
        }
    }

    /** The side gave no answer. After some of these it rests, each time for longer. */
    void failed(long nowNanos) {
        size = Math.max(1, size / 2);
        failures++;
        if (failures >= ACCIDENTS) {
            int doublings = Math.min(REST_DOUBLINGS, failures - ACCIDENTS);
            restsUntil = nowNanos + (REST_MIN_NANOS << doublings);
        }
    }
}
