package dev.carve.gateway.balance;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Whose turn it is: a count that outlives the pickers which use it, on a cache line of its own,
 * since every loop writes it. Any thread.
 */
@SuppressWarnings("unused") // The padding is never read.
public final class Turn extends AtomicLong {

    private static final long serialVersionUID = 1;

    private long p1;
    private long p2;
    private long p3;
    private long p4;
    private long p5;
    private long p6;
    private long p7;

    /** The turn after the last one. */
    long next() {
        return getAndIncrement();
    }
}
