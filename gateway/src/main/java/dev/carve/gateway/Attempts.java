package dev.carve.gateway;

import dev.carve.http.Loop;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call: mostly the first alone. A second is made when a call first needs two at
 * a time, and kept.
 *
 * <p>Thread: the loop of the call. Lives as long as its call object.
 */
final class Attempts {

    private final ForwardCall owner;
    private final Loop loop;
    private final Attempt first;
    private @Nullable Attempt second;

    Attempts(ForwardCall owner, Loop loop) {
        this.owner = owner;
        this.loop = loop;
        first = new Attempt(owner, loop);
    }

    Attempt first() {
        return first;
    }

    boolean isSecond(Attempt by) {
        return by == second;
    }

    /** The one beside this. */
    Attempt other(Attempt than) {
        Attempt other = second;
        if (other == null) {
            other = new Attempt(owner, loop);
            second = other;
        }
        return than == other ? first : other;
    }

    /** Whether an answer may come of another one than this. */
    boolean isOtherRunning(Attempt than) {
        Attempt other = second;
        return other != null && (than == other ? first : other).isRunning();
    }

    /** One that can make a try: the first, but for while it has an answer to get rid of. */
    Attempt free() {
        if (!first.isBusy()) {
            return first;
        }
        Attempt other = other(first);
        if (other.isBusy()) {
            other.cancel();
        }
        return other;
    }

    /** Nothing is wanted of any of them. */
    void cancel() {
        first.cancel();
        if (second != null) {
            second.cancel();
        }
    }
}
