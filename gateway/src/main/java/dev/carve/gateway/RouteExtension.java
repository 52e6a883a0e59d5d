package dev.carve.gateway;

import dev.carve.gateway.route.RouteMatch;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.gateway.settings.Network;
import dev.carve.gateway.settings.RouteSettings;
import java.util.List;
import java.util.function.Function;

/**
 * How another module comes between a route and its action: it registers a block inside {@link
 * RouteSettings} with the schema, and puts an action of its own around that of each route which has
 * the block. Control only.
 */
public interface RouteExtension {

    /** Leaves every route as it is. */
    RouteExtension NONE =
            () ->
                    new Build() {
                        @Override
                        public Action around(Site site, Action action) {
                            return action;
                        }

                        @Override
                        public void commit() {}
                    };

    /** A snapshot is about to be built; what comes of it counts only once it is committed. */
    Build begin();

    /** One snapshot being built. Given up without a word if the file turns out unusable. */
    interface Build {

        /** The action that the route is to run: the given one, or another that knows it. */
        Action around(Site site, Action action);

        /** The snapshot is the one in use from now on: what no route of it names may go. */
        void commit();
    }

    /**
     * Where an action stands.
     *
     * @param name of the route
     * @param edits what the route changes in its requests, for those that no client made
     * @param trusted proxies whose word for the client's address is taken
     * @param actions makes further actions for this route, as the file's {@code to:} and the like
     */
    record Site(
            String name,
            RouteMatch match,
            RouteSettings settings,
            RouteEdits edits,
            List<Network> trusted,
            Function<ActionSettings, Action> actions) {}
}
