package dev.carve.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The wire's counts of one event loop. Written by that loop without any barrier, read by any thread
 * a little late: a slot is one aligned long.
 */
public final class LoopCounters {

    /** What is counted. */
    public enum Count {
        CONNECTIONS_ACCEPTED,
        CONNECTIONS_OPEN,
        CONNECTIONS_REFUSED_TOTAL,
        CONNECTIONS_REFUSED_ADDRESS,
        REQUESTS,
        REQUESTS_MALFORMED,
        BYTES_RECEIVED,
        BYTES_SENT,
        HEAD_TIMEOUTS,
        IDLE_CLOSED,
        BODY_TIMEOUTS,
        LAST_REQUESTS,
        UPSTREAM_OPENED,
        UPSTREAM_OPEN,
        UPSTREAM_REUSED,
        UPSTREAM_FAILED,
        UPSTREAM_BYTES_RECEIVED,
        UPSTREAM_BYTES_SENT,
        BUFFERED_BYTES,
        TUNNELS_OPEN,
        DISCARDED_BYTES
    }

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PADDING = 16;

    private final long[] slots = new long[Count.values().length + 2 * PADDING];

    /** Owning loop only. */
    void add(Count count, long amount) {
        int slot = count.ordinal() + PADDING;
        slots[slot] += amount;
    }

    /** Any thread. */
    public long get(Count count) {
        return (long) SLOT.getOpaque(slots, count.ordinal() + PADDING);
    }
}
