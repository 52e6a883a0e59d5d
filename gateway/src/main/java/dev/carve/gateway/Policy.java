package dev.carve.gateway;

/** A check before the action: access, limits, conditions. Immutable; any event loop. */
public interface Policy {

    /** Looks at the call; must not touch its body. */
    Decision decide(Call call);
}
