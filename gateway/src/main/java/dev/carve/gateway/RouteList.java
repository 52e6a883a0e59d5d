package dev.carve.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The routes of a snapshot as operators see them. */
final class RouteList {

    private RouteList() {}

    static List<Map<String, Object>> of(List<Route> routes) {
        return routes.stream().map(RouteList::of).toList();
    }

    private static Map<String, Object> of(Route route) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", route.name());
        row.put("match", route.match().toString());
        row.put("action", action(route.action()));
        return row;
    }

    private static String action(Action action) {
        return switch (action) {
            case Forward forward -> "to " + forward.service().name();
            case Respond _ -> "respond";
            case Redirect _ -> "redirect";
            default -> action.getClass().getSimpleName();
        };
    }
}
