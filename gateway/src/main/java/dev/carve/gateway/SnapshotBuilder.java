package dev.carve.gateway;

import dev.carve.gateway.protect.Limit;
import dev.carve.gateway.route.RouteMatch;
import dev.carve.gateway.route.Router;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.gateway.settings.Platform;
import dev.carve.gateway.settings.RouteSettings;
import dev.carve.http.Head;
import dev.carve.http.HeadLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds a snapshot from settings that have been checked, and brings the registry along. Control
 * only; used once.
 */
final class SnapshotBuilder {

    /** The platform's router answers by itself after 30 s; Carve's own reason must come before. */
    private static final Duration HEROKU_LIMIT = Duration.ofSeconds(28);

    private final GatewaySettings settings;
    private final Registry registry;
    private final ActionMaker actions;
    private final RouteExtension.Build extension;
    private final Forwarded forwarded;

    SnapshotBuilder(
            GatewaySettings settings,
            Registry registry,
            ActionMaker actions,
            RouteExtension extension) {
        this.settings = settings;
        this.registry = registry;
        this.actions = actions;
        this.extension = extension.begin();
        this.forwarded = new Forwarded(settings.forwarded());
    }

    static Snapshot empty() {
        return new Snapshot(new Router<>(List.of()), List.of(), new ErrorAnswers(Map.of()));
    }

    Snapshot build() {
        HeadLimits limits =
                new HeadLimits(
                        (int) settings.limits().head().bytes(),
                        (int) settings.limits().target().bytes(),
                        settings.limits().fields());
        Registry.Update update =
                registry.prepare(
                        new Registry.File(
                                settings.services(),
                                settings.forwarded().trusted(),
                                limits,
                                settings.drain().tunnels()));
        List<Route> routes = new ArrayList<>();
        List<Router.Rule<Route>> rules = new ArrayList<>();
        for (RouteSettings each : settings.routes()) {
            Route route = route(each, update);
            routes.add(route);
            rules.add(new Router.Rule<>(route.match(), route));
        }
        Snapshot built = new Snapshot(new Router<>(rules), List.copyOf(routes), errorAnswers());
        update.commit();
        extension.commit();
        return built;
    }

    private ErrorAnswers errorAnswers() {
        Map<Integer, ErrorAnswers.Page> pages = new HashMap<>();
        settings.errors()
                .forEach((status, page) ->
                        pages.put(
                                Integer.valueOf(status),
                                new ErrorAnswers.Page(page.type(), page.body())));
        return new ErrorAnswers(pages);
    }

    private Route route(RouteSettings from, Registry.Update update) {
        RouteMatch match = GatewayChecks.matchOf(from);
        String name = from.name().orElseGet(match::toString);
        Set<String> variables = match.variables();
        String host = from.rewrite().host().orElse(null);
        RouteEdits edits =
                new RouteEdits(
                        rewrite(from, variables), host, FieldEdits.of(from.headers().request()));
        Action plain = action(from.action(), update.services(), variables);
        Action action =
                extension.around(
                        new RouteExtension.Site(
                                name,
                                match,
                                from,
                                edits,
                                settings.forwarded().trusted(),
                                more -> action(more, update.services(), variables)),
                        plain);
        Route.Definition definition =
                new Route.Definition(
                        name,
                        match,
                        action,
                        List.of(),
                        new RequestEdits(forwarded, edits),
                        FieldEdits.of(from.headers().response()),
                        from.body().orElse(settings.limits().body()).bytes(),
                        deadlineNanos(from),
                        from.replay().bytes(),
                        from.safe(),
                        isGuarded(from, !action.equals(plain)));
        Limit limit =
                from.limit()
                        .map(each -> update.routeLimit(name, ServiceRules.limit(each)))
                        .orElse(null);
        return new Route(definition, update.routeMetrics(name), limit);
    }

    /** A path that can be read in two ways must not come past what stands before the action. */
    private static boolean isGuarded(RouteSettings from, boolean extended) {
        return switch (from.paths()) {
            case AUTO -> extended;
            case REFUSE -> true;
            case PASS -> false;
        };
    }

    private long deadlineNanos(RouteSettings from) {
        if (from.timeout().isPresent()) {
            return from.timeout().get().toNanos();
        }
        return settings.platform() == Platform.HEROKU ? HEROKU_LIMIT.toNanos() : Long.MAX_VALUE;
    }

    private static @Nullable TargetRewrite rewrite(RouteSettings from, Set<String> variables) {
        RouteSettings.Rewrite rewrite = from.rewrite();
        if (rewrite.path().isPresent()) {
            return new TargetRewrite(null, Template.parse(rewrite.path().get(), variables));
        }
        return rewrite.stripPrefix().map(prefix -> new TargetRewrite(prefix, null)).orElse(null);
    }

    private Action action(
            ActionSettings from, Map<String, Service> services, Set<String> variables) {
        return switch (from) {
            case ActionSettings.Forward(String name) -> {
                Service service = services.get(name);
                if (service == null) {
                    throw new IllegalArgumentException("no service named " + name);
                }
                yield new Forward(service, 0);
            }
            case ActionSettings.Respond respond -> new Respond(fixed(respond));
            case ActionSettings.Redirect(String location, int status) ->
                    new Redirect(Template.parse(location, variables), status);
            default -> {
                Action made = actions.make(from);
                if (made == null) {
                    throw new IllegalArgumentException(
                            "no module runs the action " + from.getClass().getSimpleName());
                }
                yield made;
            }
        };
    }

    private static LocalAnswer fixed(ActionSettings.Respond from) {
        Head head = new Head().startResponse(from.status(), Reasons.of(from.status()));
        byte[] body = from.body().getBytes(StandardCharsets.UTF_8);
        if (body.length > 0) {
            head.add("Content-Type", from.type());
        }
        from.headers().forEach(head::add);
        return LocalAnswer.of(head, body);
    }
}
