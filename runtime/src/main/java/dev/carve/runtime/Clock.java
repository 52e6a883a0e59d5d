package dev.carve.runtime;

import java.time.Instant;

/** Where time comes from; injected, so that tests turn it by hand. Any thread. */
public interface Clock {

    /** Monotonic nanoseconds from an arbitrary origin; compare by subtraction only. */
    long nanos();

    /** The wall clock, for logs and for what leaves the process. */
    Instant now();

    /** The machine's clocks. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
