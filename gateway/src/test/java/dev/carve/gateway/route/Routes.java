package dev.carve.gateway.route;

import dev.carve.http.Head;
import java.util.ArrayList;
import java.util.List;

/** Routers, routes and requests written as text, for tests. */
final class Routes {

    record TestRoute(String name, boolean guarded) implements RouteTarget {}

    private Routes() {}

    /** Each match is its route's name; a leading {@code !} makes it guarded. */
    static Router<TestRoute> router(String... matches) {
        List<Router.Rule<TestRoute>> rules = new ArrayList<>();
        for (String match : matches) {
            boolean guarded = match.startsWith("!");
            String text = guarded ? match.substring(1) : match;
            rules.add(rule(RouteMatch.parse(text), guarded));
        }
        return new Router<>(rules);
    }

    static Router.Rule<TestRoute> rule(RouteMatch match, boolean guarded) {
        return new Router.Rule<>(match, new TestRoute(match.toString(), guarded));
    }

    /** {@code METHOD TARGET}, then fields as {@code Name: value}. */
    static Head request(String line, String... fields) {
        int space = line.indexOf(' ');
        Head head = new Head().startRequest(line.substring(0, space), line.substring(space + 1));
        for (String field : fields) {
            int colon = field.indexOf(": ");
            head.add(field.substring(0, colon), field.substring(colon + 2));
        }
        return head;
    }

    static RouteResult<TestRoute> find(Router<TestRoute> router, Head request) {
        RouteResult<TestRoute> result = new RouteResult<>();
        router.find(request, result);
        return result;
    }

    /** The name of the route found, {@code -} for none, {@code 400} for a refusal. */
    static String outcome(RouteResult<TestRoute> result) {
        return switch (result.verdict()) {
            case NONE -> "-";
            case REFUSED_AMBIGUOUS -> "400";
            case MATCHED -> {
                TestRoute route = result.route();
                yield route == null ? "matched without a route" : route.name();
            }
        };
    }
}
