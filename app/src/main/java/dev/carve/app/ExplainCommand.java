package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.config.Loaded;
import dev.carve.gateway.route.Explanation;
import dev.carve.gateway.route.RouteMatch;
import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.route.RouteTarget;
import dev.carve.gateway.route.Router;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.gateway.settings.RouteSettings;
import dev.carve.http.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carve explain}: which route a request takes and why no other. */
@Command(
        name = "explain",
        description = "Tells which route takes a request, and why.",
        mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin ConfigurationOptions configuration = new ConfigurationOptions();

    @Parameters(index = "0", paramLabel = "METHOD", description = "such as GET")
    String method = "";

    @Parameters(index = "1", paramLabel = "URL", description = "a URL, or a path from its slash on")
    String url = "";

    @Option(names = "-H", paramLabel = "HEADER", description = "a field of the request; repeatable")
    List<String> headers = new ArrayList<>();

    private record Candidate(RouteSettings settings, boolean guarded) implements RouteTarget {}

    ExplainCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        Head request = request();
        Loaded loaded = CheckCommand.loadOrTell(configuration.source(), streams);
        if (loaded == null) {
            return ExitCode.USAGE;
        }
        List<RouteSettings> routes = loaded.value(GatewayBlocks.ROUTES);
        List<Router.Rule<Candidate>> rules = new ArrayList<>();
        for (RouteSettings each : routes) {
            boolean guarded = each.paths() == RouteSettings.Paths.REFUSE;
            rules.add(new Router.Rule<>(GatewayChecks.matchOf(each), new Candidate(each, guarded)));
        }
        Router<Candidate> router = new Router<>(rules);
        RouteResult<Candidate> result = new RouteResult<>();
        router.find(request, result);
        Candidate found = result.route();
        tell(router.explain(request), found, routes, loaded);
        return result.verdict() == RouteResult.Verdict.MATCHED ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void tell(
            Explanation explained,
            @org.jspecify.annotations.Nullable Candidate found,
            List<RouteSettings> routes,
            Loaded loaded) {
        switch (explained.verdict()) {
            case NONE -> streams.out().println("no route: the request is answered 404 no_route");
            case REFUSED_AMBIGUOUS ->
                    streams.out()
                            .println(
                                    "refused with 400 ambiguous_path: "
                                            + explained.ambiguity().text());
            case MATCHED -> {
                if (found != null) {
                    RouteSettings route = found.settings();
                    int number = routes.indexOf(route);
                    streams.out().println("route    " + name(route));
                    streams.out().println("written  " + loaded.place("routes[" + number + "]"));
                    streams.out().println("action   " + action(route.action()));
                }
            }
        }
        streams.out().println("path     " + explained.path());
        for (Explanation.Candidate each : explained.candidates()) {
            streams.out().println("  " + each.match() + ": " + each.outcome().text());
        }
        if (explained.leftOut() > 0) {
            streams.out().println("  and " + explained.leftOut() + " more");
        }
        // No action of this version looks into a body.
        streams.out().println("body     passed on as it comes, not read");
    }

    private static String name(RouteSettings route) {
        RouteMatch match = GatewayChecks.matchOf(route);
        return route.name().map(name -> name + " (" + match + ")").orElse(match.toString());
    }

    private static String action(ActionSettings action) {
        return switch (action) {
            case ActionSettings.Forward(String service) -> "to " + service;
            case ActionSettings.Respond respond -> "respond " + respond.status();
            case ActionSettings.Redirect(String location, int status) ->
                    "redirect " + status + " " + location;
            default -> action.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        };
    }

    private Head request() {
        String host = "localhost";
        String target = url;
        int scheme = url.indexOf("://");
        if (scheme >= 0) {
            int path = url.indexOf('/', scheme + 3);
            host = url.substring(scheme + 3, path < 0 ? url.length() : path);
            target = path < 0 ? "/" : url.substring(path);
        }
        boolean clean = target.chars().allMatch(c -> c > 0x20 && c != 0x7F);
        if (!target.startsWith("/") || !clean) {
            throw new UsageException(
                    "URL: \""
                            + ConfigurationSource.shown(url)
                            + "\" is no request (expected: a URL, or a path such as /users/7)");
        }
        if (!method.matches("[A-Za-z]+")) {
            throw new UsageException(
                    "METHOD: \""
                            + ConfigurationSource.shown(method)
                            + "\" (expected: such as GET)");
        }
        Head head = new Head().startRequest(method, target);
        boolean named = false;
        for (String each : headers) {
            int colon = each.indexOf(':');
            if (colon <= 0) {
                throw new UsageException(
                        "-H: \""
                                + ConfigurationSource.shown(each)
                                + "\" is no field (expected: Name: value)");
            }
            String name = each.substring(0, colon);
            named |= name.equalsIgnoreCase("Host");
            head.add(name, each.substring(colon + 1).strip());
        }
        return named ? head : head.add("Host", host);
    }
}
