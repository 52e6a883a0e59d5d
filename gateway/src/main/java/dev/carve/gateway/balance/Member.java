package dev.carve.gateway.balance;

/** One of those that a {@link Picker} chooses from. Asked by any event loop. */
public interface Member {

    /**
     * What names it, in 64 well mixed bits: the same in every process that knows it, and after each
     * restart, so that keys and cookies lead to it everywhere. See {@link KeyHash}.
     */
    long identity();

    /** Requests under way at it. */
    int inFlight();

    /** Whether it may be given one more request. */
    boolean allows();
}
