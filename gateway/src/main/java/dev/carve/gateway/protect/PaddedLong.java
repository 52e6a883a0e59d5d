package dev.carve.gateway.protect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A process-wide number that loops write with every call, alone on its cache lines and on those
 * that a processor fetches along with them: it lies in the middle of an array of 264 bytes. Any
 * thread.
 */
final class PaddedLong {

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int MIDDLE = 16;

    private final long[] cells = new long[2 * MIDDLE + 1];

    long get() {
        return (long) CELL.getVolatile(cells, MIDDLE);
    }

    void set(long to) {
        CELL.setVolatile(cells, MIDDLE, to);
    }

    boolean compareAndSet(long from, long to) {
        return CELL.compareAndSet(cells, MIDDLE, from, to);
    }

    long addAndGet(long by) {
        return (long) CELL.getAndAdd(cells, MIDDLE, by) + by;
    }
}
