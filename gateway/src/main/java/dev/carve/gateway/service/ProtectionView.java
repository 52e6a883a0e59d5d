package dev.carve.gateway.service;

import dev.carve.gateway.protect.AdaptiveLimit;
import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.protect.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How what protects a service stands at one moment, for people and metrics. Null for what is off.
 * Immutable.
 */
public record ProtectionView(
        @Nullable BreakerView breaker,
        @Nullable LimitView limit,
        RetriesView retries,
        @Nullable HedgesView hedges) {

    /**
     * The circuit breaker.
     *
     * @param reason lower case; empty if it never left its first state
     * @param entered how often each state was entered, by its ordinal
     */
    @SuppressWarnings("ArrayRecordComponent") // Made for one reader.
    public record BreakerView(Breaker.State state, String reason, Instant since, long[] entered) {

        /** How often a state was entered. */
        public long entered(Breaker.State of) {
            return entered[of.ordinal()];
        }
    }

    /**
     * A limit on calls under way.
     *
     * @param permits in all, at this moment
     * @param usual the latency that an adaptive limit holds to be usual; null where the number is
     *     fixed
     */
    public record LimitView(
            int permits, int inFlight, int waiting, long refused, @Nullable Duration usual) {

        /** That of a limit. */
        public static LimitView of(Limit limit, @Nullable AdaptiveLimit adaptive) {
            return new LimitView(
                    limit.permits(),
                    limit.inFlight(),
                    limit.waiting(),
                    limit.refusals(),
                    adaptive == null ? null : Duration.ofNanos(adaptive.usualNanos()));
        }
    }

    /**
     * Retries.
     *
     * @param refused for lack of budget
     * @param left in the budget
     */
    public record RetriesView(long made, long refused, long left) {}

    /**
     * Hedges.
     *
     * @param won those that answered first
     * @param refused for lack of budget
     */
    public record HedgesView(long sent, long won, long refused) {}

    /** A state's word in logs and metrics. */
    public static String word(Breaker.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
