package dev.carve.gateway.service;

import org.jspecify.annotations.Nullable;

/** How the instance of a call is chosen. Immutable. */
public sealed interface Balance {

    /** One after the other, by weight. */
    record RoundRobin() implements Balance {}

    /** Of two drawn by weight, the one with fewer calls under way. */
    record LeastRequests() implements Balance {}

    /** The same instance for the same key. */
    record Hash(RequestKey by) implements Balance {}

    /** The same instance for the same client. */
    record Sticky(StickyCookie cookie) implements Balance {}

    /** What has to be read of each request, null for nothing. */
    default @Nullable RequestKey key() {
        return switch (this) {
            case RoundRobin _, LeastRequests _ -> null;
            case Hash(RequestKey by) -> by;
            case Sticky(StickyCookie cookie) -> cookie.key();
        };
    }
}
