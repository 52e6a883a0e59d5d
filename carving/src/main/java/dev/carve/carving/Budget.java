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

    /** What an observation holds beside the bodies: heads of usual size, edits and itself. */
    static final int OBSERVATION_BYTES = 8192;

    /** The part of a head that {@link #OBSERVATION_BYTES} counts. */
    static final int HEAD_BYTES = 2048;

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

    /** Counts what is held already, whatever the bound: the next one will find it taken. */
    void charge(long count) {
        bytes.addAndGet(count);
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
