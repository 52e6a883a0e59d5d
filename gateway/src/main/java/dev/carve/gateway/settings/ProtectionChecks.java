package dev.carve.gateway.settings;

import dev.carve.config.Diagnostics;
import dev.carve.config.KeyPath;
import java.time.Duration;

/** What the types of the settings that protect a service can not say. Stateless; any thread. */
final class ProtectionChecks {

    private ProtectionChecks() {}

    static void check(KeyPath at, ServiceSettings settings, Diagnostics diagnostics) {
        RetrySettings retries = settings.retries();
        KeyPath again = at.key("retries");
        order(
                again,
                new Bounds("backoff", retries.backoff(), "backoff_max", retries.backoffMax()),
                diagnostics);
        if (retries.attempts() == 1 && !retries.statuses().isEmpty()) {
            diagnostics.warning(
                    again.key("statuses"),
                    "changes nothing, since attempts is 1 (expected: none, or more attempts)");
        }
        settings.breaker()
                .ifPresent(each ->
                        order(
                                at.key("breaker"),
                                new Bounds("open", each.open(), "open_max", each.openMax()),
                                diagnostics));
        settings.ejection().ifPresent(each -> ejection(at.key("ejection"), each, diagnostics));
        settings.hedge()
                .ifPresent(each ->
                        order(
                                at.key("hedge"),
                                new Bounds("min", each.min(), "max", each.max()),
                                diagnostics));
        settings.limit().ifPresent(each -> limit(at.key("limit"), each, diagnostics));
    }

    private static void ejection(KeyPath at, EjectionSettings from, Diagnostics diagnostics) {
        order(at, new Bounds("time", from.time(), "time_max", from.timeMax()), diagnostics);
        if (from.failures() == 0 && from.timeouts() == 0 && from.statuses().isEmpty()) {
            diagnostics.error(
                    at, "ejects nothing (expected: failures, timeouts or statuses to judge by)");
        }
    }

    private static void limit(KeyPath at, InFlightSettings from, Diagnostics diagnostics) {
        if (from.requests().isPresent() == from.adaptive().isPresent()) {
            diagnostics.error(
                    at,
                    (from.requests().isPresent() ? "both requests and adaptive" : "no number")
                            + " (expected: either requests or adaptive)");
        }
        from.adaptive()
                .ifPresent(each -> {
                    if (each.max() < each.min()) {
                        diagnostics.error(
                                at.key("adaptive").key("max"),
                                Diagnostics.quote(Integer.toString(each.max()))
                                        + " is less than min (expected: at least "
                                        + each.min()
                                        + ")");
                    }
                });
    }

    /** Two settings of which the second is at least the first. */
    private record Bounds(String lowKey, Duration low, String highKey, Duration high) {}

    private static void order(KeyPath at, Bounds bounds, Diagnostics diagnostics) {
        if (bounds.high().compareTo(bounds.low()) < 0) {
            diagnostics.error(
                    at.key(bounds.highKey()),
                    Diagnostics.quote(text(bounds.high()))
                            + " is less than "
                            + bounds.lowKey()
                            + " (expected: at least "
                            + text(bounds.low())
                            + ")");
        }
    }

    /** In the largest unit that holds it whole, as people write it. */
    private static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0 || millis % 1_000 != 0) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds / 60 + "m";
    }
}
