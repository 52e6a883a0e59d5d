package dev.carve.http;

import java.util.function.Consumer;

/**
 * The time-outs of one event loop: a hashed wheel of intrusive lists (Varghese and Lauck, 1987)
 * with lazy cancellation. A tick is about 8 ms; what lies further away than one turn is looked at
 * once a turn. A time-out never fires early and at most a tick late, unless more are due than the
 * loop wants to fire at a time.
 *
 * <p>Origin of time is the loop's own start, so that ticks are small positive numbers.
 *
 * <p>Thread: one event loop, which calls {@link #advance} when {@link #nextNanos} has come.
 */
@SuppressWarnings("ReferenceEquality") // The links of an intrusive list are identities.
final class TimerWheel {

    private static final int TICK_BITS = 23;
    private static final int SLOTS = 1024;

    private final Sentinel[] slots = new Sentinel[SLOTS];

    /** What was in the slot of {@link #tick} and has not been looked at yet. */
    private final Sentinel due = new Sentinel();

    private final Consumer<RuntimeException> faults;
    private final long[] occupied = new long[SLOTS / Long.SIZE];
    private long tick;
    private int size;

    /** Head of one slot's ring; never expires. */
    private static final class Sentinel extends Timeout {
        Sentinel() {
            previous = this;
            next = this;
        }

        boolean isEmpty() {
            return next == this;
        }

        /** Takes over all of another ring, which has some; there must be none in this one. */
        void takeAll(Sentinel from) {
            next = from.next;
            previous = from.previous;
            if (next != null && previous != null) {
                next.previous = this;
                previous.next = this;
            }
            from.next = from;
            from.previous = from;
        }

        @Override
        void expired(long nowNanos) {}
    }

    TimerWheel(long nowNanos, Consumer<RuntimeException> faults) {
        this.faults = faults;
        tick = nowNanos >> TICK_BITS;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Sentinel();
        }
    }

    int size() {
        return size;
    }

    /**
     * Sets, moves or, with {@link Timeout#NEVER}, takes back a time-out. Moving it later or taking
     * it back only stores the time.
     */
    void set(Timeout timeout, long deadlineNanos) {
        timeout.deadlineNanos = deadlineNanos;
        if (deadlineNanos == Timeout.NEVER) {
            return;
        }
        long wanted = (deadlineNanos >> TICK_BITS) + 1;
        if (timeout.slotTick <= wanted) {
            return;
        }
        unlink(timeout);
        link(timeout, wanted);
    }

    /** Forgets a time-out for good: its connection has closed. */
    void remove(Timeout timeout) {
        timeout.deadlineNanos = Timeout.NEVER;
        unlink(timeout);
    }

    /** When {@link #advance} has to be called, {@link Timeout#NEVER} if nothing is set. */
    long nextNanos() {
        if (size == 0) {
            return Timeout.NEVER;
        }
        if (!due.isEmpty()) {
            return tick << TICK_BITS;
        }
        int start = (int) (tick + 1) & SLOTS - 1;
        for (int i = 0; i <= occupied.length; i++) {
            int word = (start / Long.SIZE + i) % occupied.length;
            long bits = occupied[word];
            if (i == 0) {
                bits &= -1L << start;
            } else if (i == occupied.length) {
                bits &= ~(-1L << start);
            }
            if (bits != 0) {
                int slot = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                int distance = (slot - start) & SLOTS - 1;
                return (tick + 1 + distance) << TICK_BITS;
            }
        }
        return Timeout.NEVER;
    }

    /**
     * Fires what is due, at most so many; {@link #nextNanos} has come at once if that was not all.
     */
    void advance(long nowNanos, int most) {
        long now = nowNanos >> TICK_BITS;
        int left = fire(nowNanos, most);
        if (left > 0) {
            tick = Math.max(tick, now - SLOTS);
        }
        while (left > 0 && tick < now) {
            tick++;
            int slot = (int) tick & SLOTS - 1;
            if ((occupied[slot / Long.SIZE] & 1L << slot) != 0) {
                take(slot);
                left = fire(nowNanos, left);
            }
        }
    }

    /** Nothing can be linked into this slot before the next tick. */
    private void take(int slot) {
        due.takeAll(slots[slot]);
        occupied[slot / Long.SIZE] &= ~(1L << slot);
    }

    /** How many may still be fired. */
    private int fire(long nowNanos, int most) {
        int left = most;
        while (left > 0) {
            Timeout next = due.next;
            if (next == null || next == due) {
                break;
            }
            unlink(next);
            long deadline = next.deadlineNanos;
            if (deadline == Timeout.NEVER) {
                continue;
            }
            if (deadline > nowNanos) {
                link(next, (deadline >> TICK_BITS) + 1);
                continue;
            }
            left--;
            next.deadlineNanos = Timeout.NEVER;
            try {
                next.expired(nowNanos);
            } catch (RuntimeException e) {
                // One connection's fault must not take the others' time-outs away.
                faults.accept(e);
            }
        }
        return left;
    }

    private void link(Timeout timeout, long wanted) {
        long at = Math.min(Math.max(wanted, tick + 1), tick + SLOTS - 1);
        int slot = (int) at & SLOTS - 1;
        Sentinel ring = slots[slot];
        Timeout last = ring.previous;
        timeout.previous = last;
        timeout.next = ring;
        if (last != null) {
            last.next = timeout;
        }
        ring.previous = timeout;
        timeout.slotTick = at;
        occupied[slot / Long.SIZE] |= 1L << slot;
        size++;
    }

    private void unlink(Timeout timeout) {
        Timeout before = timeout.previous;
        Timeout after = timeout.next;
        if (before == null || after == null) {
            return;
        }
        before.next = after;
        after.previous = before;
        timeout.previous = null;
        timeout.next = null;
        if (before == after) {
            int slot = (int) timeout.slotTick & SLOTS - 1;
            occupied[slot / Long.SIZE] &= ~(1L << slot);
        }
        timeout.slotTick = Timeout.NEVER;
        size--;
    }
}
