package dev.carve.carving;

import dev.carve.carving.guard.Ending;
import dev.carve.runtime.Failure;

/** What an answer or a failure says about the side that it came from. Stateless. */
final class Endings {

    private Endings() {}

    static Ending ofStatus(int status) {
        return status >= 500 ? Ending.SERVER_ERROR : Ending.ANSWERED;
    }

    /**
     * Of a client's request: also where the gateway refused it to spare the side, for the client
     * gets no answer then.
     */
    static Ending ofClient(Failure failure) {
        return switch (failure.kind()) {
            case CIRCUIT_OPEN, OVERLOADED -> Ending.HELD_BACK;
            default -> of(failure);
        };
    }

    /** Of a copy, which nobody misses where the gateway did not make it. */
    static Ending of(Failure failure) {
        return switch (failure.kind()) {
            case CONNECT_REFUSED, CONNECT_FAILED, CONNECT_TIMEOUT, TLS_FAILED, NO_INSTANCE ->
                    Ending.CONNECT_FAILED;
            case RESPONSE_TIMEOUT, IDLE_TIMEOUT, DEADLINE_EXCEEDED -> Ending.TIMED_OUT;
            case UPSTREAM_RESET, UPSTREAM_CLOSED, BAD_RESPONSE -> Ending.LOST;
            default -> Ending.IGNORED;
        };
    }
}
