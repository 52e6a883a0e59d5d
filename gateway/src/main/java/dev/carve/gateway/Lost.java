package dev.carve.gateway;

import dev.carve.gateway.service.Instance;
import dev.carve.runtime.Failure;

/**
 * An attempt that failed, and where. Immutable.
 *
 * @param reused whether its connection had carried calls before
 */
record Lost(Instance at, boolean reused, Failure failure) {

    /** Whether an open connection was lost. */
    boolean isLoss() {
        return failure.kind() == Failure.Kind.UPSTREAM_CLOSED
                || failure.kind() == Failure.Kind.UPSTREAM_RESET;
    }

    /** Whether it says nothing but that the connection was idle for too long. */
    boolean isIdleLoss() {
        return reused && isLoss();
    }

    /**
     * Whether the connection was turned away at once, so that nobody has worked for it, by the
     * instance or since it has as many connections as it may have. A time-out or a failed handshake
     * is none: a service that has too much to do fails like that, and has worked for it or still
     * will.
     */
    boolean isUnreached() {
        return failure.retrySafe()
                && (failure.kind() == Failure.Kind.CONNECT_REFUSED
                        || failure.kind() == Failure.Kind.CONNECT_FAILED
                        || failure.kind() == Failure.Kind.OVERLOADED);
    }

    /** Whether the call may be sent again. */
    boolean isSafe(Call call) {
        return failure.retrySafe() || (isLoss() && call.isRepeatable());
    }
}
