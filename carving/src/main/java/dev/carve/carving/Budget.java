package dev.carve.carving;

import dev.carve.carving.settings.MirrorSettings;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all copies together may hold. Taken before it is used and given back by whoever holds it
 * last.
 *
 * <p>Threads: any; control changes the bounds.
 */
final class Budget {

    /** What an observation holds beside the bodies: heads, edits and itself. */
    static final int OBSERVATION_BYTES = 8192;

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger copies = new AtomicInteger();

    private volatile MirrorSettings bounds;

    Budget(MirrorSettings bounds) {
        this.bounds = bounds;
    }

    MirrorSettings bounds() {
        return bounds;
    }

    /** Control. */
    void bound(MirrorSettings now) {
        bounds = now;
    }

    boolean takeCopy() {
        if (copies.incrementAndGet() > bounds.copies()) {
            copies.decrementAndGet();
            return false;
        }
        return true;
    }

    void giveCopy() {
        copies.decrementAndGet();
    }

    boolean takeBytes(int count) {
        if (bytes.addAndGet(count) > bounds.memory().bytes()) {
            bytes.addAndGet(-count);
            return false;
        }
        return true;
    }

    void giveBytes(long count) {
        bytes.addAndGet(-count);
    }

    long heldBytes() {
        return bytes.get();
    }

    int copiesUnderWay() {
        return copies.get();
    }
}
