package dev.carve.testkit;

import dev.carve.runtime.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is turned by hand. Any thread. */
public final class ManualClock implements Clock {

    // Near the overflow on purpose: who compares instead of subtracting is found out.
    private static final long ORIGIN_NANOS = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();

    private final AtomicLong elapsedNanos = new AtomicLong();
    private final Instant start;

    /** Starts at the first instant of 2026. */
    public ManualClock() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    /** Starts at that instant. */
    public ManualClock(Instant start) {
        this.start = start;
    }

    /**
     * Turns both clocks forward.
     *
     * @throws IllegalArgumentException if the step is negative
     */
    public ManualClock advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("step: " + step + " (expected: not negative)");
        }
        elapsedNanos.addAndGet(step.toNanos());
        return this;
    }

    @Override
    public long nanos() {
        return ORIGIN_NANOS + elapsedNanos.get();
    }

    @Override
    public Instant now() {
        return start.plusNanos(elapsedNanos.get());
    }
}
