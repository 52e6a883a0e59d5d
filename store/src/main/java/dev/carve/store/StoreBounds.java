package dev.carve.store;

import java.time.Duration;

/**
 * How much the store takes on and how long it tries.
 *
 * @param waitingMax commands that may wait; the next is refused
 * @param batchMax commands in one transaction
 * @param deadline after which a command has failed, unless it names its own; also how long closing
 *     waits for what was accepted
 * @param lockWait how long a statement waits inside the database for another process's lock, before
 *     the store looks whether anybody still wants it
 * @param retryFirst pause before the second attempt to open the database or to get its lock;
 *     doubles for opening
 * @param retryMax to which it doubles
 */
public record StoreBounds(
        int waitingMax,
        int batchMax,
        Duration deadline,
        Duration lockWait,
        Duration retryFirst,
        Duration retryMax) {

    /** 1,024 waiting, 64 at once, 5 s for each; opened again after 100 ms, doubling to 10 s. */
    public static final StoreBounds DEFAULT =
            new StoreBounds(
                    1_024,
                    64,
                    Duration.ofSeconds(5),
                    Duration.ofMillis(250),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(10));

    public StoreBounds {
        check("waitingMax", waitingMax, 1, 1_000_000);
        check("batchMax", batchMax, 1, 10_000);
        check("deadline", deadline.toMillis(), 1, 600_000);
        check("lockWait", lockWait.toMillis(), 0, 60_000);
        check("retryFirst", retryFirst.toMillis(), 1, 60_000);
        check("retryMax", retryMax.toMillis(), retryFirst.toMillis(), 3_600_000);
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "%s: %d (expected: %d to %d)".formatted(name, value, min, max));
        }
    }
}
