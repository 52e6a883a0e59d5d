package dev.carve.gateway;

import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.protect.Limit.Refused;
import dev.carve.gateway.protect.Limit.Waiter;
import dev.carve.http.Alarm;
import dev.carve.http.Loop;
import dev.carve.runtime.Failure;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one request or call has to do with one {@link Limit}: nothing, a place in its waiting line,
 * or a permit, which {@link #leave} gives back in any case. Serves one after the other.
 *
 * <p>Thread: one event loop. Lives as long as its owner, which may be pooled.
 */
final class Admission {

    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Loop loop;
    private final Runnable admitted;
    private final Consumer<Failure> refused;
    private final Runnable wake;

    // What is there now; at most one of both.
    private @Nullable Limit held;
    private @Nullable Waiter waiter;
    private @Nullable Limit waitedFor;

    private @Nullable Alarm alarm;

    /**
     * @param admitted told when a permit was got by waiting
     * @param refused told when there is none
     */
    Admission(Loop loop, Runnable admitted, Consumer<Failure> refused) {
        this.loop = loop;
        this.admitted = admitted;
        this.refused = refused;
        // Posted even from this loop: whoever frees a permit is in the middle of something else.
        wake = () -> loop.executeLater(this::woken, 0, TimeUnit.NANOSECONDS);
    }

    /**
     * Takes a permit, or stands in line for one.
     *
     * @param deadlineNanos after which nobody wants the answer
     * @return whether it may go on; if not, one of both callbacks follows, a refusal perhaps before
     *     this returns
     */
    boolean enter(Limit limit, long deadlineNanos) {
        if (limit.tryAcquire()) {
            held = limit;
            return true;
        }
        long until = deadlineNanos == Long.MAX_VALUE ? loop.now() + HOUR_NANOS : deadlineNanos;
        switch (limit.await(until, wake)) {
            case Waiter place -> {
                waiter = place;
                waitedFor = limit;
                alarm().set(place.untilNanos());
            }
            case Refused(String reason, long nanos) ->
                    refused.accept(Failure.of(Failure.Kind.OVERLOADED, reason).retryAfter(nanos));
        }
        return false;
    }

    private Alarm alarm() {
        Alarm now = alarm;
        if (now == null) {
            now = new Alarm(loop, this::waitedLong);
            alarm = now;
        }
        return now;
    }

    /** A permit was granted; perhaps to one that this served before, who has given it back. */
    private void woken() {
        Waiter place = waiter;
        if (place != null && place.take()) {
            held = waitedFor;
            leaveLine();
            admitted.run();
        }
    }

    private void waitedLong() {
        Waiter place = waiter;
        if (place == null) {
            return;
        }
        if (place.take()) {
            held = waitedFor;
            leaveLine();
            admitted.run();
            return;
        }
        place.expire();
        leaveLine();
        refused.accept(Failure.of(Failure.Kind.OVERLOADED, "no turn within the longest wait"));
    }

    private void leaveLine() {
        waiter = null;
        waitedFor = null;
        if (alarm != null) {
            alarm.cancel();
        }
    }

    /** Gives back whatever is there; does nothing the second time. */
    void leave() {
        Limit permit = held;
        Waiter place = waiter;
        if (permit != null) {
            held = null;
            permit.release();
        } else if (place != null) {
            leaveLine();
            place.cancel();
        }
    }
}
