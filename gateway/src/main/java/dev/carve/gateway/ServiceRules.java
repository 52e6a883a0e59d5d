package dev.carve.gateway;

import dev.carve.gateway.protect.AdaptiveLimit;
import dev.carve.gateway.protect.Backoff;
import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.protect.Ejection;
import dev.carve.gateway.protect.HedgeDelay;
import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.protect.Outcome;
import dev.carve.gateway.protect.RetryBudget;
import dev.carve.gateway.protect.Window;
import dev.carve.gateway.service.ProtectionRules;
import dev.carve.gateway.settings.BreakerSettings;
import dev.carve.gateway.settings.EjectionSettings;
import dev.carve.gateway.settings.HedgeSettings;
import dev.carve.gateway.settings.InFlightSettings;
import dev.carve.gateway.settings.RetrySettings;
import dev.carve.gateway.settings.RouteLimitSettings;
import dev.carve.gateway.settings.ServiceSettings;
import dev.carve.gateway.settings.Switch;
import java.time.Duration;
import java.util.EnumSet;

/** Turns what the file says of a service's protection into rules. Stateless; any thread. */
final class ServiceRules {

    /** Where an adaptive limit begins to look for its number, within its bounds. */
    private static final int ADAPTIVE_START = 20;

    private ServiceRules() {}

    static ProtectionRules of(ServiceSettings from) {
        return new ProtectionRules(
                retries(from.retries()),
                from.hedge()
                        .filter(each -> each.mode() == Switch.ON)
                        .map(ServiceRules::hedges)
                        .orElse(null),
                from.breaker()
                        .filter(each -> each.mode() == Switch.ON)
                        .map(ServiceRules::breaker)
                        .orElse(null),
                from.ejection()
                        .filter(each -> each.mode() == Switch.ON)
                        .map(ServiceRules::ejection)
                        .orElse(null),
                from.limit().map(ServiceRules::limit).orElse(null));
    }

    private static ProtectionRules.Retries retries(RetrySettings from) {
        Duration window = RetryBudget.Rule.DEFAULT.window();
        return new ProtectionRules.Retries(
                new RetryBudget.Rule(from.budget(), from.budgetMin(), window),
                new Backoff.Rule(from.backoff(), from.backoffMax(), from.retryAfter()),
                from.statuses());
    }

    /** No hedge comes from a minimum: where nothing is known of latency, none is sent. */
    private static ProtectionRules.Hedges hedges(HedgeSettings from) {
        Duration window = RetryBudget.Rule.DEFAULT.window();
        return new ProtectionRules.Hedges(
                new HedgeDelay.Rule(from.after(), from.answers(), from.min(), from.max()),
                new RetryBudget.Rule(from.budget(), 0, window));
    }

    private static ProtectionRules.Breaking breaker(BreakerSettings from) {
        EnumSet<Outcome> failures = EnumSet.copyOf(Breaker.Rule.FAILURES);
        if (from.slow().isPresent()) {
            failures.add(Outcome.SLOW);
        }
        if (!from.statuses().isEmpty()) {
            failures.add(Outcome.BAD_STATUS);
        }
        Breaker.Rule rule =
                new Breaker.Rule(
                        from.share(),
                        from.calls(),
                        failures,
                        from.open(),
                        from.openMax(),
                        from.probes(),
                        from.probeTimeout(),
                        from.ramp(),
                        Breaker.Rule.DEFAULT.rampFrom());
        long slow = from.slow().map(Duration::toNanos).orElse(Window.NEVER_SLOW);
        return new ProtectionRules.Breaking(rule, slow, from.statuses());
    }

    private static ProtectionRules.Ejecting ejection(EjectionSettings from) {
        Ejection.Rule rule =
                new Ejection.Rule(
                        from.failures(),
                        from.timeouts(),
                        from.statuses().isEmpty() ? 0 : from.answers(),
                        from.time(),
                        from.timeMax(),
                        Ejection.Rule.DEFAULT.decay(),
                        from.share());
        return new ProtectionRules.Ejecting(rule, from.statuses());
    }

    private static ProtectionRules.Limiting limit(InFlightSettings from) {
        AdaptiveLimit.Rule usual = AdaptiveLimit.Rule.DEFAULT;
        AdaptiveLimit.Rule adaptive =
                from.adaptive()
                        .map(each ->
                                new AdaptiveLimit.Rule(
                                        each.min(),
                                        each.max(),
                                        usual.tolerance(),
                                        usual.smoothing(),
                                        usual.memory(),
                                        usual.leastAnswers()))
                        .orElse(null);
        int permits =
                adaptive == null
                        ? from.requests().orElseThrow()
                        : Math.clamp(ADAPTIVE_START, adaptive.min(), adaptive.max());
        return new ProtectionRules.Limiting(
                new Limit.Rule(permits, from.waiting(), from.waitMax()), adaptive);
    }

    static Limit.Rule limit(RouteLimitSettings from) {
        return new Limit.Rule(from.requests(), from.waiting(), from.waitMax());
    }
}
