package dev.carve.gateway.protect;

import dev.carve.runtime.Clock;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A bound on the calls in flight of a service or a route, process-wide, with a short waiting line:
 * in the order of arrival, bounded in length and in time. Who would wait past the deadline anyway
 * is refused at once, with the time after which another try makes sense.
 *
 * <p>Implementation notes. One padded number holds the permits in use and, above them, how many
 * were given back in all; taking is one CAS, giving back one addition, which also counts. The line
 * is a lock-free queue. A permit is never handed over: whoever grants one takes it like any call
 * does and then gives it to the oldest, so that permits in use are right at every moment and a
 * lowered limit needs no special case. Nobody waits beside a free permit, since whoever frees one
 * (a call that ends, a grant that found nobody, a raised limit) and whoever joins the line looks
 * for both afterwards: the later of the two sees the other. New calls do not overtake a line, save
 * one that has been formed in that very moment.
 *
 * <p>How long the next will wait follows from Little's law: a permit is held for (mean in flight) /
 * (rate of returns), and the line moves {@code limit} times as fast. Control measures both.
 *
 * <p>Threads: any; {@link #resize} and {@link #turn} are control's.
 */
public final class Limit {

    /**
     * How many may be in flight and wait.
     *
     * @param permits at once, 1 to 1,000,000
     * @param line waiting at once, 0 for none, to 100,000
     * @param waitMax longest wait, 1ms to 1m, whatever the deadline
     */
    public record Rule(int permits, int line, Duration waitMax) {

        public Rule {
            Ranges.check("limit.requests", permits, 1, PERMITS_MAX);
            Ranges.check("limit.line", line, 0, 100_000);
            Ranges.check("limit.wait", waitMax, Duration.ofMillis(1), Duration.ofMinutes(1));
        }
    }

    /** What a call gets that found no permit free. */
    public sealed interface Answer permits Waiter, Refused {}

    /**
     * No permit and no place in line.
     *
     * @param reason lower case, for the log
     * @param retryAfterNanos when another try makes sense, one second to one minute
     */
    public record Refused(String reason, long retryAfterNanos) implements Answer {}

    /** A place in line, for one call. Its caller takes, gives back or cancels on its own loop. */
    public static final class Waiter implements Answer {

        private enum State {
            WAITING,
            GRANTED,
            TAKEN,
            OUT
        }

        private final Limit limit;
        private final Runnable wake;
        private final long untilNanos;
        private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

        private Waiter(Limit limit, long untilNanos, Runnable wake) {
            this.limit = limit;
            this.untilNanos = untilNanos;
            this.wake = wake;
        }

        /** Until when it may wait; the caller sets a timer for this and then {@link #expire}s. */
        public long untilNanos() {
            return untilNanos;
        }

        /**
         * Takes the permit that was granted; true once, and then {@link Limit#release} is due.
         * False if there is none yet, or it was cancelled before. Asked when woken.
         */
        public boolean take() {
            return state.compareAndSet(State.GRANTED, State.TAKEN);
        }

        /** Leaves the line at its time, which counts as a refusal. */
        public void expire() {
            limit.refusals.addAndGet(1);
            cancel();
        }

        /**
         * Leaves the line, as when the client went away. A permit that was granted but not taken
         * goes back by itself; one that was taken is still the caller's to release.
         */
        public void cancel() {
            if (state.compareAndSet(State.WAITING, State.OUT)) {
                limit.leave(this);
            } else if (state.compareAndSet(State.GRANTED, State.OUT)) {
                limit.release();
            }
        }
    }

    private static final int PERMITS_MAX = 1_000_000;
    private static final int USED_BITS = 24;
    private static final long USED_MASK = (1L << USED_BITS) - 1;
    private static final long RELEASED_MASK = -1L >>> USED_BITS;

    /** One permit in use less, one release more. */
    private static final long RELEASE = (1L << USED_BITS) - 1;

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    /** How fast the measured hold time follows, in seconds to fall to a third. */
    private static final double MEMORY_SECONDS = 1;

    private final Clock clock;
    private final long waitMaxNanos;
    private final int lineMax;
    private final PaddedLong state = new PaddedLong();
    private final PaddedLong refusals = new PaddedLong();
    private final ConcurrentLinkedQueue<Waiter> line = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    // Written by control, read by any.
    private volatile int permits;
    private volatile long holdNanos;

    // Control only.
    private long turned;
    private long released;
    private double meanUsed;
    private double meanRate;

    public Limit(Rule rule, Clock clock) {
        this.clock = clock;
        permits = rule.permits();
        lineMax = rule.line();
        waitMaxNanos = rule.waitMax().toNanos();
        turned = clock.nanos();
    }

    /** Takes a permit if one is free and nobody waits for one; {@link #release} follows. */
    public boolean tryAcquire() {
        return waiting.get() == 0 && take();
    }

    /** Whether a call that came now would find no permit. Any thread. */
    public boolean isFull() {
        return waiting.get() > 0 || inFlight() >= permits;
    }

    private boolean take() {
        while (true) {
            long now = state.get();
            if ((now & USED_MASK) >= permits) {
                return false;
            }
            if (state.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /**
     * Stands in line, or is refused. Asked after {@link #tryAcquire} said no.
     *
     * @param deadlineNanos after which the answer is of no use
     * @param wake run once, by any thread, perhaps before this method returns, when a permit is
     *     granted; must only post to the caller's loop, which then calls {@link Waiter#take}. If it
     *     throws, the permit goes back
     */
    public Answer await(long deadlineNanos, Runnable wake) {
        long now = clock.nanos();
        int ahead = waiting.get();
        long wait = waitNanos(ahead);
        long most = Math.min(waitMaxNanos, deadlineNanos - now);
        if (wait > most) {
            return refuse("the wait would be longer than the time left", wait);
        }
        if (!enter()) {
            return refuse("the waiting line is full", wait);
        }
        Waiter waiter = new Waiter(this, now + most, wake);
        line.add(waiter);
        drain();
        return waiter;
    }

    private Refused refuse(String reason, long waitNanos) {
        refusals.addAndGet(1);
        return new Refused(reason, Math.clamp(waitNanos, SECOND, MINUTE));
    }

    /** How long one that has so many ahead of it is likely to wait. */
    private long waitNanos(int ahead) {
        return (long) ((ahead + 1.0) * holdNanos / permits);
    }

    private boolean enter() {
        while (true) {
            int now = waiting.get();
            if (now >= lineMax) {
                return false;
            }
            if (waiting.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /**
     * Gives a permit back and wakes who waits for it. Exactly once for each permit.
     *
     * @throws IllegalStateException if no permit is in use
     */
    public void release() {
        long after = state.addAndGet(RELEASE);
        if ((after & USED_MASK) == USED_MASK) {
            state.addAndGet(-RELEASE);
            throw new IllegalStateException("a permit was given back twice");
        }
        if (waiting.get() > 0) {
            drain();
        }
    }

    private void leave(Waiter waiter) {
        if (line.remove(waiter)) {
            waiting.decrementAndGet();
        }
    }

    /** Grants free permits to the oldest, until there is none or nobody waits. */
    private void drain() {
        while (!line.isEmpty() && take()) {
            if (!grantOldest()) {
                state.addAndGet(-1);
            }
        }
    }

    /** Grants a permit that was taken; false if there was nobody to use it. */
    private boolean grantOldest() {
        while (true) {
            Waiter oldest = line.poll();
            if (oldest == null) {
                return false;
            }
            waiting.decrementAndGet();
            boolean late = oldest.untilNanos - clock.nanos() <= 0;
            if (late) {
                oldest.state.compareAndSet(Waiter.State.WAITING, Waiter.State.OUT);
            } else if (oldest.state.compareAndSet(Waiter.State.WAITING, Waiter.State.GRANTED)
                    && woken(oldest)) {
                return true;
            }
        }
    }

    /** False if its loop takes no more work and the permit is still here to be granted again. */
    private static boolean woken(Waiter waiter) {
        try {
            waiter.wake.run();
            return true;
        } catch (RuntimeException e) {
            return !waiter.state.compareAndSet(Waiter.State.GRANTED, Waiter.State.OUT);
        }
    }

    /** Changes the number of permits; those in use stay in use. Control. */
    public void resize(int permits) {
        Ranges.check("limit.requests", permits, 1, PERMITS_MAX);
        this.permits = permits;
        drain();
    }

    /** Measures how long permits are held; control, every 100 ms. */
    public void turn(long nowNanos) {
        double seconds = (nowNanos - turned) / (double) SECOND;
        if (seconds <= 0) {
            return;
        }
        long now = state.get();
        double rate = ((now >>> USED_BITS) - released & RELEASED_MASK) / seconds;
        double weight = -Math.expm1(-seconds / MEMORY_SECONDS);
        meanRate += weight * (rate - meanRate);
        meanUsed += weight * ((now & USED_MASK) - meanUsed);
        turned = nowNanos;
        released = now >>> USED_BITS;
        // A service that returns nothing holds its permits for ever: a minute is as good.
        double hold = meanUsed > 0 ? meanUsed / meanRate * SECOND : 0;
        holdNanos = (long) Math.min((double) MINUTE, hold);
    }

    /** Permits in all; any thread. */
    public int permits() {
        return permits;
    }

    /** Permits in use; any thread. */
    public int inFlight() {
        return (int) (state.get() & USED_MASK);
    }

    /** Calls in line; any thread. */
    public int waiting() {
        return waiting.get();
    }

    /** Calls refused so far, at once or after their wait; any thread. */
    public long refusals() {
        return refusals.get();
    }
}
