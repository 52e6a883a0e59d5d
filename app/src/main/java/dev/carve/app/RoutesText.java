package dev.carve.app;

import dev.carve.app.terminal.Columns;
import dev.carve.app.terminal.Columns.Cell;
import dev.carve.app.terminal.Columns.Column;
import dev.carve.app.terminal.Figures;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import java.util.List;
import java.util.StringJoiner;

/** What {@code carve routes} shows of the view of that name. */
final class RoutesText {

    private RoutesText() {}

    static List<String> lines(JsonTree routes, Look look, int columns) {
        Columns table =
                new Columns(
                        Column.text("match"),
                        new Column("name", false, 3),
                        Column.text("action"),
                        new Column("policies", false, 2),
                        Column.number("requests", 1),
                        Column.number("errors", 4));
        for (JsonTree each : routes.items()) {
            String match = each.get("match").text();
            String name = each.get("name").text();
            JsonTree traffic = each.get("traffic");
            StringJoiner policies = new StringJoiner(", ");
            each.get("policies").items().forEach(one -> policies.add(one.text()));
            table.row(
                    Cell.of(match, Paint.BOLD),
                    Cell.of(name.equals(match) ? "" : name),
                    Cell.of(each.get("action").text()),
                    Cell.of(policies.toString()),
                    Cell.of(Figures.count(traffic.get("ended").count())),
                    errors(traffic));
        }
        if (routes.items().isEmpty()) {
            table.note("no routes", Paint.DIM);
        }
        return table.lines(columns, look);
    }

    private static Cell errors(JsonTree traffic) {
        double ended = traffic.get("ended").number();
        double errors = traffic.get("errors").number();
        return ended == 0
                ? Cell.of(Figures.NONE)
                : Cell.of(Figures.share(errors / ended), errors > 0 ? Paint.YELLOW : Paint.PLAIN);
    }
}
