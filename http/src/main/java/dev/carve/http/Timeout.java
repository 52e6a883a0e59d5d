package dev.carve.http;

import org.jspecify.annotations.Nullable;

/**
 * One point in time at which a connection wants to be asked, kept in the loop's {@link TimerWheel}.
 * Moving it later costs one store: the wheel looks again when the old time comes.
 *
 * <p>Thread: one event loop. Lives as long as its connection.
 */
abstract class Timeout {

    /** No time-out is wanted. */
    static final long NEVER = Long.MAX_VALUE;

    @Nullable Timeout previous;
    @Nullable Timeout next;
    long deadlineNanos = NEVER;
    long slotTick = NEVER;

    /** The deadline has passed; it has been reset to {@link #NEVER} before. */
    abstract void expired(long nowNanos);
}
