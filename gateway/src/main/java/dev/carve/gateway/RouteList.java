package dev.carve.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The routes of a snapshot as operators see them. */
final class RouteList {

    private RouteList() {}

    /**
     * One route.
     *
     * @param service where it leads, if to one
     * @param policies what a request is held to, in words
     * @param traffic absent if it was never used, or is not among the busiest
     */
    record Row(
            String name,
            String match,
            String action,
            Optional<String> service,
            List<String> policies,
            Optional<Traffic> traffic) {}

    /** In the order of the file. */
    static List<Row> of(List<Route> routes, List<TrafficStatus.RouteStatus> used) {
        Map<String, Traffic> traffic = new HashMap<>();
        used.forEach(each -> traffic.put(each.name(), each.traffic()));
        return routes.stream()
                .map(route -> row(route, Optional.ofNullable(traffic.get(route.name()))))
                .toList();
    }

    private static Row row(Route route, Optional<Traffic> traffic) {
        Action action = route.action();
        return new Row(
                route.name(),
                route.match().toString(),
                action(action),
                action instanceof Forward forward
                        ? Optional.of(forward.service().name())
                        : Optional.empty(),
                policies(route),
                traffic);
    }

    private static String action(Action action) {
        return switch (action) {
            case Forward forward -> "to " + forward.service().name();
            case Respond respond -> "respond " + respond.status();
            case Redirect redirect -> "redirect " + redirect.status();
            default -> word(action.getClass());
        };
    }

    private static List<String> policies(Route route) {
        List<String> policies = new ArrayList<>();
        for (Policy each : route.policies()) {
            policies.add(word(each.getClass()));
        }
        if (route.deadlineNanos() != Long.MAX_VALUE) {
            policies.add("timeout " + time(Duration.ofNanos(route.deadlineNanos())));
        }
        if (route.isSafe()) {
            policies.add("safe");
        }
        if (route.guarded()) {
            policies.add("paths: refuse");
        }
        return policies;
    }

    private static String time(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }

    private static String word(Class<?> type) {
        return type.getSimpleName().toLowerCase(Locale.ROOT);
    }
}
