package dev.carve.app;

import dev.carve.app.terminal.Columns;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import dev.carve.config.Diff;
import dev.carve.config.Loaded;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.gateway.settings.RouteSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes for people: by service, route or block, one line each. */
final class DiffText {

    private static final Pattern ROUTE = Pattern.compile("routes\\[([0-9]{1,9})\\]\\.?(.*)");
    private static final Pattern SERVICE =
            Pattern.compile("services(?:\\.([^.\\[]+)|\\[\"(.*?)\"\\])\\.?(.*)");
    private static final Pattern BLOCK = Pattern.compile("([^.\\[]+)\\.?(.*)");

    private final Look look;
    private final Loaded before;
    private final Loaded after;

    /** Where a change stands: a heading, and the path below it. */
    private record At(String heading, String path) {}

    DiffText(Look look, Loaded before, Loaded after) {
        this.look = look;
        this.before = before;
        this.after = after;
    }

    List<String> lines(List<Diff.Change> changes) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (Diff.Change each : changes) {
            At at = at(each);
            groups.computeIfAbsent(at.heading(), _ -> new ArrayList<>()).add(line(each, at.path()));
        }
        List<String> lines = new ArrayList<>();
        groups.forEach((heading, members) -> {
            lines.add(look.paint(Paint.BOLD, Columns.harmless(heading)));
            lines.addAll(members);
        });
        return lines;
    }

    private String line(Diff.Change change, String path) {
        String name = Columns.harmless(path.isEmpty() ? "" : path + ": ");
        String old = change.before() == null ? "" : Columns.harmless(change.before());
        String now = change.after() == null ? "" : Columns.harmless(change.after());
        if (change.before() == null) {
            return look.paint(Paint.GREEN, "  + " + name + now);
        }
        if (change.after() == null) {
            return look.paint(Paint.RED, "  - " + name + old);
        }
        // What differs is hidden: only a secret reads the same on both sides.
        String values = old.equals(now) ? old + " is another" : old + " -> " + now;
        return look.paint(Paint.YELLOW, "  ~ " + name + values);
    }

    private At at(Diff.Change change) {
        String path = change.path();
        Matcher route = ROUTE.matcher(path);
        if (route.matches()) {
            Loaded in = change.after() == null ? before : after;
            return new At(route(in, Integer.parseInt(route.group(1))), route.group(2));
        }
        Matcher service = SERVICE.matcher(path);
        if (service.matches()) {
            String name = service.group(1) == null ? service.group(2) : service.group(1);
            return new At("service " + name, service.group(3));
        }
        Matcher block = BLOCK.matcher(path);
        return block.matches() ? new At(block.group(1), block.group(2)) : new At(path, "");
    }

    private static String route(Loaded in, int number) {
        List<RouteSettings> routes = in.value(GatewayBlocks.ROUTES);
        if (number >= routes.size()) {
            return "routes[" + number + "]";
        }
        RouteSettings route = routes.get(number);
        String match = GatewayChecks.matchOf(route).toString();
        return route.name()
                .map(name -> "route " + name + " (" + match + ")")
                .orElse("route " + match);
    }
}
