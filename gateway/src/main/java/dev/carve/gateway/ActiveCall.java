package dev.carve.gateway;

/** A call under way. On the loop of its exchange. */
public interface ActiveCall {

    /** Nobody wants the answer any more: everything it holds is let go, its sink told nothing. */
    void cancel();

    /** An action that answers before its start returns. */
    ActiveCall NONE = () -> {};
}
