package dev.carve.gateway;

import dev.carve.gateway.protect.Backoff;
import dev.carve.gateway.service.Protection;
import dev.carve.gateway.service.Service;
import dev.carve.http.Loop;
import org.jspecify.annotations.Nullable;

/**
 * What one call may still try, and what the budget paid for it. Tries are counted but for hedges
 * and for those after the loss of an idle connection.
 *
 * <p>Thread: the loop of the call. Lives as long as its call object.
 */
final class Retries {

    private final Loop loop;
    private @Nullable Service service;
    private @Nullable Protection protection;
    private boolean copy;
    private int tries;
    private boolean paid;

    Retries(Loop loop) {
        this.loop = loop;
    }

    /** What protects the service may be replaced while the call is under way: this pays for it. */
    void begin(Service service, Protection by, boolean copy) {
        this.service = service;
        protection = by;
        this.copy = copy;
        tries = 1;
        paid = false;
    }

    /** The call is over. */
    void clear() {
        service = null;
        protection = null;
    }

    /** Whether the settings allow one more. */
    boolean isLeft() {
        return tries < current().members().attempts();
    }

    /** Whether they allow any at all. */
    boolean isAny() {
        return current().members().attempts() > 1;
    }

    /** Whether the call can be sent once more and there is time for it. */
    boolean isOpenFor(Call call) {
        return !call.isBodyTaken() && loop.now() < call.deadlineNanos();
    }

    /** The next try costs nothing, but counts. */
    void takeFree() {
        tries++;
        paid = false;
    }

    /** Neither does it count: it takes the place of one that did not reach anybody. */
    void takeInPlace() {
        paid = false;
    }

    /**
     * Pays for the next try.
     *
     * @param retryAfterNanos see {@link Backoff#nextNanos}
     * @param random 31 random bits
     * @return the nanoseconds to wait before it, or {@link Backoff#NEVER}
     */
    long pay(Call call, long retryAfterNanos, int random) {
        long deadline = call.deadlineNanos();
        long left = deadline == Long.MAX_VALUE ? deadline : deadline - loop.now();
        long wait = protection().payRetry(tries, left, retryAfterNanos, random, copy);
        if (wait != Backoff.NEVER) {
            tries++;
            paid = true;
        }
        return wait;
    }

    /** The try that the budget may have paid for is not made. */
    void unsent() {
        if (paid) {
            paid = false;
            protection().budget(copy).giveBack();
        }
    }

    private Protection protection() {
        Protection now = protection;
        if (now == null) {
            throw new IllegalStateException("no call under way");
        }
        return now;
    }

    private Service current() {
        Service now = service;
        if (now == null) {
            throw new IllegalStateException("no call under way");
        }
        return now;
    }
}
