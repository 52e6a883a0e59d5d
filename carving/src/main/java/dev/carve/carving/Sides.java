package dev.carve.carving;

import dev.carve.carving.guard.Side;
import dev.carve.gateway.Action;
import dev.carve.gateway.RouteEdits;
import dev.carve.gateway.RouteExtension;
import dev.carve.gateway.route.RouteMatch;
import dev.carve.gateway.route.RouteTarget;
import dev.carve.gateway.route.Router;
import dev.carve.gateway.settings.ActionSettings;
import java.util.List;

/**
 * The two sides of a carved route as one snapshot has them, and what is asked of them. Immutable.
 *
 * @param oldName what people call the old side
 * @param router holds the match of this route alone, for calls that no client made
 * @param safe whether the route says that its requests change nothing
 * @param edits what the route changes in its requests
 */
record Sides(
        Action oldAction,
        Action newAction,
        String oldName,
        String newName,
        RouteMatch match,
        Router<RouteTarget> router,
        boolean safe,
        RouteEdits edits) {

    /** A request of this route has been let through before. */
    private static final RouteTarget LET_THROUGH = () -> false;

    static Sides of(
            RouteExtension.Site site, ActionSettings newSide, Action oldAction, Action newAction) {
        return new Sides(
                oldAction,
                newAction,
                name(site.settings().action()),
                name(newSide),
                site.match(),
                new Router<>(List.of(new Router.Rule<>(site.match(), LET_THROUGH))),
                site.settings().safe(),
                site.edits());
    }

    private static String name(ActionSettings of) {
        return switch (of) {
            case ActionSettings.Forward(String service) -> service;
            case ActionSettings.Respond respond -> "respond " + respond.status();
            case ActionSettings.Redirect redirect -> "redirect to " + redirect.location();
            default -> of.getClass().getSimpleName();
        };
    }

    Action of(Side side) {
        return side == Side.OLD ? oldAction : newAction;
    }
}
