package dev.carve.runtime;

import java.time.Instant;

/** The machine's monotonic and wall clocks. */
enum SystemClock implements Clock {
    INSTANCE;

    // The system's own may be negative and may overflow.
    private final long origin = System.nanoTime();

    @Override
    public long nanos() {
        return System.nanoTime() - origin;
    }

    @Override
    public Clock fromZero() {
        return this;
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
