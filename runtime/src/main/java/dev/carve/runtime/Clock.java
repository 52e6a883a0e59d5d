package dev.carve.runtime;

import java.time.Instant;

/** Where time comes from; injected, so that tests turn it by hand. Any thread. */
public interface Clock {

    /** Monotonic nanoseconds from an arbitrary origin; compare by subtraction only. */
    long nanos();

    /** The wall clock, for logs and for what leaves the process. */
    Instant now();

    /**
     * The same clock with nanoseconds that begin at 0 now, far from any overflow: its instants may
     * be compared, and {@link Long#MAX_VALUE} is later than all of them. The machine's is such a
     * clock already.
     */
    default Clock fromZero() {
        Clock clock = this;
        long origin = nanos();
        return new Clock() {
            @Override
            public long nanos() {
                return clock.nanos() - origin;
            }

            @Override
            public Instant now() {
                return clock.now();
            }
        };
    }

    /** The machine's clocks. Nanoseconds begin at 0 when the program does. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
