package dev.carve.gateway.service;

import dev.carve.gateway.protect.AdaptiveLimit;
import dev.carve.gateway.protect.Backoff;
import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.protect.Ejection;
import dev.carve.gateway.protect.HedgeDelay;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.protect.RetryBudget;
import dev.carve.gateway.protect.Window;
import dev.carve.gateway.settings.StatusRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the file says of a service's {@link Protection}; null for what is off. Immutable.
 *
 * @param retries always there, for even a bare service has a budget
 */
public record ProtectionRules(
        Retries retries,
        @Nullable Hedges hedges,
        @Nullable Breaking breaker,
        @Nullable Ejecting ejection,
        @Nullable Limiting limit) {

    /** Retries within the default budget and nothing else. */
    public static final ProtectionRules BARE =
            new ProtectionRules(
                    new Retries(RetryBudget.Rule.DEFAULT, Backoff.Rule.DEFAULT, List.of()),
                    null,
                    null,
                    null,
                    null);

    /**
     * What is tried again.
     *
     * @param statuses of answers that are tried again too
     */
    public record Retries(
            RetryBudget.Rule budget, Backoff.Rule backoff, List<StatusRange> statuses) {}

    /** When a second instance is asked as well. */
    public record Hedges(HedgeDelay.Rule delay, RetryBudget.Rule budget) {}

    /**
     * When calls are held back.
     *
     * @param slowNanos from which time on an answer is a failure, {@link Window#NEVER_SLOW} for
     *     none
     * @param statuses of answers that are failures
     */
    public record Breaking(Breaker.Rule rule, long slowNanos, List<StatusRange> statuses) {}

    /**
     * When an instance is left out.
     *
     * @param statuses of answers that are failures
     */
    public record Ejecting(Ejection.Rule rule, List<StatusRange> statuses) {}

    /**
     * How many calls may be under way.
     *
     * @param adaptive null if the number is fixed
     */
    public record Limiting(Limit.Rule rule, AdaptiveLimit.@Nullable Rule adaptive) {}

    /** Whether a status is among those listed. */
    static boolean holds(List<StatusRange> statuses, int status) {
        // By index: this is asked for each answer.
        for (int i = 0; i < statuses.size(); i++) {
            if (statuses.get(i).holds(status)) {
                return true;
            }
        }
        return false;
    }
}
