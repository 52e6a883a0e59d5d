package dev.carve.gateway.settings;

import dev.carve.config.Diagnostics;
import dev.carve.config.KeyPath;
import dev.carve.config.Loaded;
import dev.carve.gateway.route.Condition;
import dev.carve.gateway.route.RouteConflict;
import dev.carve.gateway.route.RouteMatch;
import dev.carve.gateway.route.Router;
import dev.carve.http.PemFile;
import dev.carve.http.UpstreamTls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the types of the gateway's settings can not say. All problems are told, none is thrown. */
public final class GatewayChecks {

    private static final KeyPath LISTEN = KeyPath.of("listen");
    private static final KeyPath SERVICES = KeyPath.of("services");
    private static final KeyPath ROUTES = KeyPath.of("routes");
    private static final KeyPath ERRORS = KeyPath.of("errors");
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> PLACES = Set.of("host", "path", "query");

    /** Framing and connection belong to the gateway (RFC 9110, section 7.6.1). */
    private static final Set<String> OWN_FIELDS =
            Set.of(
                    "connection",
                    "content-length",
                    "http2-settings",
                    "keep-alive",
                    "proxy-connection",
                    "te",
                    "trailer",
                    "transfer-encoding",
                    "upgrade");

    private final Loaded loaded;
    private final Diagnostics diagnostics;
    private final Set<String> usedElsewhere;

    private GatewayChecks(Loaded loaded, Diagnostics diagnostics, Set<String> usedElsewhere) {
        this.loaded = loaded;
        this.diagnostics = diagnostics;
        this.usedElsewhere = usedElsewhere;
    }

    /** Tells every problem of the gateway's blocks. */
    public static void check(Loaded loaded, Diagnostics diagnostics) {
        check(loaded, diagnostics, Set.of());
    }

    /**
     * Tells every problem of the gateway's blocks.
     *
     * @param usedElsewhere services that other modules' blocks name
     */
    public static void check(Loaded loaded, Diagnostics diagnostics, Set<String> usedElsewhere) {
        new GatewayChecks(loaded, diagnostics, usedElsewhere).check();
    }

    /** Tells the problems of an action that another module's block inside a route names. */
    public static void checkAction(
            KeyPath at,
            ActionSettings action,
            RouteMatch match,
            Loaded loaded,
            Diagnostics diagnostics) {
        new GatewayChecks(loaded, diagnostics, Set.of())
                .action(at, action, match.variables(), loaded.value(GatewayBlocks.SERVICES));
    }

    /**
     * What is wrong with the address of an instance, with what was expected; null if nothing is.
     */
    public static @Nullable String urlProblem(String url) {
        return ServiceChecks.urlProblem(url);
    }

    /** The name server that is asked; null for those of the system. */
    public static @Nullable InetSocketAddress serverOf(DnsSettings dns) {
        return ServiceChecks.serverOf(dns);
    }

    /**
     * Reads the files of a service's TLS.
     *
     * @throws PemFile.UnusableException if one of them can not be used, with what was expected
     */
    public static UpstreamTls.Material materialOf(ServiceTlsSettings tls)
            throws PemFile.UnusableException {
        return TlsChecks.material(tls);
    }

    /**
     * The files beside its own that a configuration is made of: those of TLS, absolute, whether
     * they are there or not.
     */
    public static Set<Path> filesOf(Loaded loaded) {
        return TlsChecks.files(loaded.value(GatewayBlocks.SERVICES).values());
    }

    private void check() {
        listen(loaded.value(GatewayBlocks.LISTEN));
        Map<String, ServiceSettings> services = loaded.value(GatewayBlocks.SERVICES);
        services.forEach((name, each) -> service(SERVICES.key(name), each));
        List<RouteSettings> routes = loaded.value(GatewayBlocks.ROUTES);
        for (int i = 0; i < routes.size(); i++) {
            route(ROUTES.index(i), routes.get(i), services);
        }
        names(routes);
        matches(routes);
        unused(services, routes);
        loaded.value(GatewayBlocks.ERRORS).keySet().forEach(this::errorStatus);
    }

    private void listen(List<ListenSettings> all) {
        if (all.isEmpty()) {
            diagnostics.error(LISTEN, "no address (expected: a port, an address, or a list)");
        }
        Map<Address, Integer> seen = new HashMap<>();
        for (int i = 0; i < all.size(); i++) {
            Address address = all.get(i).address();
            Integer before = seen.putIfAbsent(address, i);
            if (before != null && address.port() != 0) {
                diagnostics.error(
                        LISTEN.index(i),
                        quote(address.toString())
                                + " is the address of listen["
                                + before
                                + "] too");
            }
        }
    }

    private void service(KeyPath at, ServiceSettings settings) {
        ServiceChecks.check(at, settings, diagnostics);
        settings.health()
                .ifPresent(health -> fields(at.key("health").key("headers"), health.headers()));
    }

    private void route(KeyPath at, RouteSettings route, Map<String, ServiceSettings> services) {
        Set<String> variables = route.match().variables();
        action(at, route.action(), variables, services);
        edits(at.key("headers").key("request"), route.headers().request());
        edits(at.key("headers").key("response"), route.headers().response());
        rewrite(at.key("rewrite"), route, variables);
        route.whenHeaders().keySet().forEach(name -> token(at.key("when_headers").key(name), name));
    }

    private void action(
            KeyPath at,
            ActionSettings action,
            Set<String> variables,
            Map<String, ServiceSettings> services) {
        switch (action) {
            case ActionSettings.Forward(String service) -> {
                if (!services.containsKey(service)) {
                    diagnostics.error(at.key("to"), unknownService(service, services.keySet()));
                }
            }
            case ActionSettings.Redirect(String location, int status) -> {
                KeyPath redirect = at.key("redirect");
                template(redirect.key("location"), location, variables);
                fieldValue(redirect.key("location"), location);
                if (!REDIRECTS.contains(status)) {
                    diagnostics.error(
                            redirect.key("status"),
                            quote(Integer.toString(status))
                                    + " is no redirect (expected: 301, 302, 303, 307 or 308)");
                }
            }
            case ActionSettings.Respond respond -> {
                KeyPath answer = at.key("respond");
                fieldValue(answer.key("type"), respond.type());
                fields(answer.key("headers"), respond.headers());
            }
            default -> {
                // Another module's action, which it checks itself.
            }
        }
    }

    private static String unknownService(String name, Set<String> known) {
        String problem = "no service named " + quote(name);
        String suggestion = Diagnostics.suggestion(name, known);
        if (!suggestion.isEmpty()) {
            return problem + suggestion;
        }
        return known.isEmpty()
                ? problem + " (there are no services)"
                : problem + " (expected: one of " + listed(known) + ")";
    }

    private static String listed(Set<String> names) {
        List<String> sorted = names.stream().sorted().toList();
        String first = String.join(", ", sorted.subList(0, Math.min(8, sorted.size())));
        return sorted.size() > 8 ? first + ", …" : first;
    }

    private void rewrite(KeyPath at, RouteSettings route, Set<String> variables) {
        RouteSettings.Rewrite rewrite = route.rewrite();
        Optional<String> path = rewrite.path();
        if (path.isPresent() && rewrite.stripPrefix().isPresent()) {
            diagnostics.error(at, "both strip_prefix and path (expected: one of them)");
        }
        path.ifPresent(template -> {
            template(at.key("path"), template, variables);
            path(at.key("path"), template);
        });
        rewrite.stripPrefix().ifPresent(prefix -> path(at.key("strip_prefix"), prefix));
        rewrite.host()
                .ifPresent(host -> {
                    boolean clean =
                            !host.isEmpty()
                                    && host.chars().allMatch(c -> c > 0x20 && c < 0x7F)
                                    && host.chars().noneMatch(c -> "/?#@\\".indexOf(c) >= 0);
                    if (!clean) {
                        diagnostics.error(
                                at.key("host"),
                                quote(host)
                                        + " is no host (expected: a name such as"
                                        + " app.example.com:8080)");
                    }
                });
        if (route.headers().request().set().keySet().stream().anyMatch("host"::equalsIgnoreCase)
                || route.headers().request().remove().stream().anyMatch("host"::equalsIgnoreCase)
                || route.headers().request().add().keySet().stream()
                        .anyMatch("host"::equalsIgnoreCase)) {
            diagnostics.error(
                    at, "Host is changed by headers.request (expected: rewrite.host instead)");
        }
    }

    private void path(KeyPath at, String path) {
        boolean clean =
                path.startsWith("/")
                        && path.chars().allMatch(c -> c > 0x20 && c < 0x7F)
                        && path.indexOf('?') < 0
                        && path.indexOf('#') < 0;
        if (!clean) {
            diagnostics.error(
                    at,
                    quote(path)
                            + " is no path (expected: a path from the slash on, escaped, without a"
                            + " query)");
        }
    }

    private void template(KeyPath at, String text, Set<String> variables) {
        int from = 0;
        while (true) {
            int open = text.indexOf('{', from);
            if (open < 0) {
                return;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                diagnostics.error(at, quote(text) + " has a brace that is not closed");
                return;
            }
            String name = text.substring(open + 1, close);
            if (!PLACES.contains(name) && !variables.contains(name)) {
                Set<String> known = new HashSet<>(PLACES);
                known.addAll(variables);
                diagnostics.error(
                        at,
                        "nothing fills "
                                + quote("{" + name + "}")
                                + " (expected: one of "
                                + listed(known)
                                + ")");
            }
            from = close + 1;
        }
    }

    private void edits(KeyPath at, RouteSettings.Fields fields) {
        for (int i = 0; i < fields.remove().size(); i++) {
            name(at.key("remove").index(i), fields.remove().get(i));
        }
        fields(at.key("set"), fields.set());
        fields(at.key("add"), fields.add());
    }

    private void fields(KeyPath at, Map<String, String> fields) {
        fields.forEach((name, value) -> {
            name(at.key(name), name);
            fieldValue(at.key(name), value);
        });
    }

    private void name(KeyPath at, String name) {
        if (token(at, name) && OWN_FIELDS.contains(name.toLowerCase(Locale.ROOT))) {
            diagnostics.error(
                    at,
                    quote(name)
                            + " belongs to one connection and is the gateway's own (expected:"
                            + " another field)");
        }
    }

    private boolean token(KeyPath at, String name) {
        boolean valid =
                !name.isEmpty()
                        && name.chars()
                                .allMatch(c ->
                                        (c >= '0' && c <= '9')
                                                || (c >= 'a' && c <= 'z')
                                                || (c >= 'A' && c <= 'Z')
                                                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
        if (!valid) {
            diagnostics.error(
                    at, quote(name) + " is no field name (expected: a token such as X-Team)");
        }
        return valid;
    }

    private void fieldValue(KeyPath at, String value) {
        boolean valid = value.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c < 0x7F));
        if (!valid || !value.equals(value.strip())) {
            diagnostics.error(
                    at,
                    quote(value)
                            + " can not be a field's value (expected: visible ASCII without blanks"
                            + " at its ends)");
        }
    }

    private void names(List<RouteSettings> routes) {
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < routes.size(); i++) {
            RouteSettings route = routes.get(i);
            String name = route.name().orElseGet(() -> matchOf(route).toString());
            Integer before = seen.putIfAbsent(name, i);
            // Equal matches are told as such.
            if (before != null
                    && (route.name().isPresent() || routes.get(before).name().isPresent())) {
                diagnostics.error(
                        ROUTES.index(i).key("name"),
                        quote(name) + " is the name of routes[" + before + "] too");
            }
        }
    }

    private void matches(List<RouteSettings> routes) {
        List<RouteMatch> all = new ArrayList<>();
        for (int i = 0; i < routes.size(); i++) {
            try {
                all.add(matchOf(routes.get(i)));
            } catch (IllegalArgumentException tooMany) {
                diagnostics.error(ROUTES.index(i), String.valueOf(tooMany.getMessage()));
                all.add(routes.get(i).match());
            }
        }
        for (RouteConflict conflict : Router.conflicts(all)) {
            diagnostics.error(ROUTES.index(conflict.second()).key("match"), conflict.message());
        }
        if (routes.isEmpty()) {
            diagnostics.warning(ROUTES, "no routes: every request is answered 404");
        } else if (all.stream().noneMatch(GatewayChecks::takesAll)) {
            diagnostics.warning(
                    ROUTES, "no route matches /: requests that no other route takes get 404");
        }
    }

    private static boolean takesAll(RouteMatch match) {
        boolean everyPath =
                match.path().size() == 1
                        && switch (match.path().getFirst()) {
                            case RouteMatch.Subtree _, RouteMatch.Rest _ -> true;
                            case RouteMatch.Literal _, RouteMatch.Variable _ -> false;
                        };
        return everyPath
                && match.method() == null
                && match.host() == null
                && match.conditions().isEmpty();
    }

    private void unused(Map<String, ServiceSettings> services, List<RouteSettings> routes) {
        Set<String> used = new HashSet<>(usedElsewhere);
        for (RouteSettings route : routes) {
            if (!(route.action() instanceof ActionSettings.Forward(String service))) {
                continue;
            }
            used.add(service);
        }
        for (String name : services.keySet()) {
            if (!used.contains(name)) {
                diagnostics.warning(SERVICES.key(name), "no route uses this service");
            }
        }
    }

    private void errorStatus(String status) {
        if (!status.matches("[45][0-9][0-9]")) {
            diagnostics.error(
                    ERRORS.key(status),
                    quote(status) + " is no failure (expected: a status from 400 to 599)");
        }
    }

    /** The match of a route with its conditions. */
    public static RouteMatch matchOf(RouteSettings from) {
        List<Condition> conditions = new ArrayList<>();
        from.whenHeaders()
                .forEach((name, value) ->
                        conditions.add(
                                value.equals("*")
                                        ? new Condition.HeaderPresent(name)
                                        : new Condition.HeaderEquals(name, value)));
        from.whenQuery()
                .forEach((name, value) ->
                        conditions.add(
                                value.equals("*")
                                        ? new Condition.QueryPresent(name)
                                        : new Condition.QueryEquals(name, value)));
        return conditions.isEmpty() ? from.match() : from.match().when(conditions);
    }

    private static String quote(String value) {
        return Diagnostics.quote(value);
    }
}
