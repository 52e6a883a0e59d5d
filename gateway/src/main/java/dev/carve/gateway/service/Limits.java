package dev.carve.gateway.service;

import dev.carve.gateway.protect.Limit;
import dev.carve.runtime.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The limits of routes, by the route's name. One whose line stays the same outlives a reload with
 * those that are in it, whatever its number of permits.
 *
 * <p>Threads: changed by control; read by any.
 */
public final class Limits {

    private final Clock clock;
    private final Map<String, Limit> limits = new ConcurrentHashMap<>();

    // Control only.
    private final Map<String, Limit.Rule> rules = new ConcurrentHashMap<>();

    public Limits(Clock clock) {
        this.clock = clock;
    }

    /** Whether a limit can go on under another rule: permits can change, its line can not. */
    static boolean isKept(Limit.Rule before, Limit.Rule now) {
        return before.line() == now.line() && before.waitMax().equals(now.waitMax());
    }

    /** The limit of a route under a new rule; nothing is changed yet. Control. */
    public Limit prepare(String route, Limit.Rule rule) {
        Limit.Rule before = rules.get(route);
        Limit known = limits.get(route);
        return known != null && before != null && isKept(before, rule)
                ? known
                : new Limit(rule, clock);
    }

    /** From now on there are these and no others. Control. */
    public void replace(Map<String, Limit> now, Map<String, Limit.Rule> by) {
        now.forEach((route, limit) -> {
            Limit.Rule rule = by.get(route);
            if (rule != null && limit.permits() != rule.permits()) {
                limit.resize(rule.permits());
            }
        });
        limits.putAll(now);
        limits.keySet().retainAll(now.keySet());
        rules.putAll(by);
        rules.keySet().retainAll(by.keySet());
    }

    /** All limits by the name of their route. */
    public Map<String, Limit> all() {
        return limits;
    }

    /** Measures them; control, every 100 ms. */
    void turn(long nowNanos) {
        for (Limit each : limits.values()) {
            each.turn(nowNanos);
        }
    }
}
