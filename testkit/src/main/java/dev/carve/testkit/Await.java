package dev.carve.testkit;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Bounded waiting for a condition, with a failure that says what was waited for. Any thread. */
public final class Await {

    private static final long POLL_NANOS = Duration.ofMillis(2).toNanos();

    private Await() {}

    /** Waits up to 10 s until the condition holds. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, Duration.ofSeconds(10), condition, () -> "");
    }

    /**
     * Looks every 2 ms whether the condition holds.
     *
     * @param what what is waited for, for the failure
     * @param bound how long at most
     * @param condition looked at on this thread
     * @param state what is the case instead, for the failure
     * @throws AssertionError if it does not hold in time
     */
    public static void until(
            String what, Duration bound, BooleanSupplier condition, Supplier<String> state) {
        long deadline = System.nanoTime() + bound.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                throw late(what, bound, state);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while waiting for " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Waits on a monitor that is signalled at each change; the condition runs under the lock. */
    static void on(
            Lock lock,
            Condition change,
            String what,
            Duration bound,
            BooleanSupplier condition,
            Supplier<String> state) {
        long left = bound.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    throw late(what, bound, state);
                }
                left = change.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } finally {
            lock.unlock();
        }
    }

    private static AssertionError late(String what, Duration bound, Supplier<String> state) {
        String found = state.get();
        return new AssertionError(
                "waited %s for: %s%s"
                        .formatted(bound, what, found.isEmpty() ? "" : "; found: " + found));
    }
}
