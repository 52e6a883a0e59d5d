package dev.carve.carving.settings;

import dev.carve.carving.compare.RuleSource;
import dev.carve.carving.keep.Redaction;
import dev.carve.carving.settings.CarveSettings.Compare;
import dev.carve.carving.settings.CarveSettings.Guard;
import dev.carve.carving.settings.CarveSettings.Shift;
import dev.carve.config.Diagnostics;
import dev.carve.config.KeyPath;
import dev.carve.config.Loaded;
import dev.carve.gateway.route.RouteMatch;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.gateway.settings.RouteSettings;
import dev.carve.runtime.Share;
import dev.carve.store.StoreUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the types of carving's settings can not say. All problems are told, none is thrown. */
public final class CarveChecks {

    private static final KeyPath ROUTES = KeyPath.of("routes");
    private static final int STEPS_MAX = 100;
    private static final int SHOWN = 24;
    private static final Share HALF = new Share(0.5);

    private final Diagnostics diagnostics;

    private CarveChecks(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    /** The services that carves lead to. */
    public static Set<String> services(Loaded loaded) {
        Set<String> names = new HashSet<>();
        for (RouteSettings route : loaded.value(GatewayBlocks.ROUTES)) {
            route.extensions()
                    .find(CarveBlocks.CARVE)
                    .ifPresent(carve -> {
                        if (carve.action() instanceof ActionSettings.Forward(String service)) {
                            names.add(service);
                        }
                    });
        }
        return names;
    }

    /** Tells every problem of the carves of a file. */
    public static void check(Loaded loaded, Diagnostics diagnostics) {
        try {
            var _ = StoreUrl.parse(loaded.value(CarveBlocks.STORE), Path.of(""));
        } catch (IllegalArgumentException wrong) {
            diagnostics.error(KeyPath.of("store"), String.valueOf(wrong.getMessage()));
        }
        List<RouteSettings> routes = loaded.value(GatewayBlocks.ROUTES);
        for (int i = 0; i < routes.size(); i++) {
            RouteSettings route = routes.get(i);
            KeyPath at = ROUTES.index(i).key("carve");
            route.extensions()
                    .find(CarveBlocks.CARVE)
                    .ifPresent(carve -> {
                        GatewayChecks.checkAction(
                                at, carve.action(), route.match(), loaded, diagnostics);
                        new CarveChecks(diagnostics).carve(at, carve, route);
                    });
        }
    }

    private void carve(KeyPath at, CarveSettings carve, RouteSettings route) {
        if (carve.action().equals(route.action())) {
            String where =
                    carve.action() instanceof ActionSettings.Forward(String service)
                            ? Diagnostics.quote(service) + " is"
                            : "is";
            diagnostics.error(at, where + " where the route goes already (expected: a new side)");
        }
        if (carve.writes() == CarveSettings.Writes.ALL) {
            diagnostics.warning(
                    at.key("writes"),
                    "all: every copy of a request that changes something changes it at the new side"
                            + " too");
        }
        RuleChecks.check(at.key("compare"), source(carve.compare()), diagnostics);
        secrets(at.key("compare").key("secrets"), carve.compare().secrets());
        carve.shift().ifPresent(shift -> shift(at.key("shift"), shift, route.match()));
        guard(at.key("guard"), carve.guard());
        carve.at()
                .ifPresent(position -> {
                    if (position.share().fraction() <= 0) {
                        // It would be past the first step's approval.
                        diagnostics.error(
                                at.key("at"),
                                position + " (expected: more, or nothing to begin there)");
                    }
                });
    }

    /** The rules of a route as the comparer reads them. */
    public static RuleSource source(Compare from) {
        List<RuleSource.Replacement> replace = new ArrayList<>();
        from.replace()
                .forEach((pattern, with) -> replace.add(new RuleSource.Replacement(pattern, with)));
        return new RuleSource(
                from.ignore(),
                from.only(),
                from.sort(),
                from.tolerance(),
                replace,
                from.numbers(),
                from.headers(),
                from.ignoreHeaders());
    }

    private void secrets(KeyPath at, List<String> secrets) {
        for (int i = 0; i < secrets.size(); i++) {
            if (secrets.get(i).isEmpty()) {
                diagnostics.error(
                        at.index(i), "\"\" (expected: a path such as /user/token, or a name)");
                return;
            }
        }
        try {
            var _ = Redaction.DEFAULT.with(secrets);
        } catch (IllegalArgumentException tooMany) {
            diagnostics.error(at, String.valueOf(tooMany.getMessage()));
        }
    }

    private void shift(KeyPath at, Shift shift, RouteMatch match) {
        List<Share> steps = shift.steps();
        if (steps.isEmpty() || steps.size() > STEPS_MAX) {
            diagnostics.error(
                    at.key("steps"),
                    steps.size()
                            + " steps (expected: 1 to "
                            + STEPS_MAX
                            + ", such as 1%, 10%, 100%)");
        }
        for (int i = 0; i < steps.size(); i++) {
            double before = i == 0 ? 0 : steps.get(i - 1).fraction();
            if (steps.get(i).fraction() <= before) {
                diagnostics.error(
                        at.key("steps").index(i),
                        steps.get(i) + " (expected: more than " + new Share(before) + ")");
            }
        }
        StickyKey sticky = shift.sticky();
        if (sticky.from() == StickyKey.From.PATH && !match.variables().contains(sticky.name())) {
            List<String> known = match.variables().stream().sorted().toList();
            diagnostics.error(
                    at.key("sticky"),
                    Diagnostics.quote(sticky.toString())
                            + " names no variable of the match (expected: "
                            + (known.isEmpty() ? "another key" : String.join(" or ", known))
                            + ")");
        }
    }

    private void guard(KeyPath at, Guard guard) {
        if (guard.mismatches().compareTo(HALF) > 0) {
            diagnostics.error(
                    at.key("mismatches"), guard.mismatches() + " (expected: at most " + HALF + ")");
        }
        if (guard.errors().above() > HALF.fraction()) {
            diagnostics.error(
                    at.key("errors"), guard.errors() + " (expected: at most +" + HALF + ")");
        }
        guard.webhook().ifPresent(url -> webhook(at.key("webhook"), url));
    }

    private void webhook(KeyPath at, String url) {
        try {
            URI uri = new URI(url);
            String scheme = String.valueOf(uri.getScheme());
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null) {
                return;
            }
        } catch (URISyntaxException malformed) {
            // Told below.
        }
        // Its path may be a secret.
        String start = url.length() > SHOWN ? url.substring(0, SHOWN) + "…" : url;
        diagnostics.error(
                at,
                Diagnostics.quote(start)
                        + " is no URL of http or https (expected: one such as"
                        + " https://hooks.example.com/carve)");
    }
}
