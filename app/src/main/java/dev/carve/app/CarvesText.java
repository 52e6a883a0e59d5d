package dev.carve.app;

import dev.carve.app.terminal.Columns;
import dev.carve.app.terminal.Columns.Cell;
import dev.carve.app.terminal.Columns.Column;
import dev.carve.app.terminal.Figures;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code carve route show} shows of the view {@code carves}. */
final class CarvesText {

    private static final int PLACES_MAX = 10;
    private static final int CHANGES_MAX = 5;

    private CarvesText() {}

    /**
     * A line for each carve; for one that is asked for, all that is known of it below.
     *
     * @param route only this one; null for all
     */
    static List<String> lines(JsonTree carves, @Nullable String route, Look look, int columns) {
        Columns table =
                new Columns(
                        Column.text("route"),
                        Column.text("stage"),
                        Column.number("share", 0),
                        Column.number("mirrored", 3),
                        Column.number("compared", 1),
                        Column.number("differ", 0),
                        Column.number("fallbacks", 2));
        List<String> below = new ArrayList<>();
        boolean any = false;
        for (JsonTree each : carves.items()) {
            String name = each.get("route").text();
            if (route != null && !name.equals(route)) {
                continue;
            }
            any = true;
            long differ = each.get("mismatches").count();
            table.row(
                    Cell.of(name, Paint.BOLD),
                    Cell.of(each.get("stage").text(), paint(each.get("stage").text())),
                    Cell.of(each.get("share").text()),
                    Cell.of(Figures.count(each.get("mirrored").count())),
                    Cell.of(Figures.count(each.get("compared").count())),
                    Cell.of(Figures.count(differ), differ > 0 ? Paint.YELLOW : Paint.PLAIN),
                    Cell.of(Figures.count(each.get("fallbacks").count())));
            if (route != null || carves.items().size() == 1) {
                below.addAll(details(each, look, columns));
            }
        }
        if (!any) {
            table.note(route == null ? "no route is carved" : "no such carve", Paint.DIM);
        }
        List<String> lines = new ArrayList<>(table.lines(columns, look));
        lines.addAll(below);
        return lines;
    }

    private static Paint paint(String stage) {
        return switch (stage) {
            case "rolled_back" -> Paint.RED;
            case "shift", "done" -> Paint.GREEN;
            default -> Paint.PLAIN;
        };
    }

    private static List<String> details(JsonTree carve, Look look, int columns) {
        List<String> lines = new ArrayList<>();
        String waits = carve.get("waits").text();
        if (!waits.isEmpty()) {
            lines.add("");
            lines.add(waits);
        }
        for (JsonTree each : carve.get("figures").items()) {
            lines.add("  " + each.text());
        }
        List<JsonTree> places = carve.get("differences").items();
        if (!places.isEmpty()) {
            lines.add("");
            lines.addAll(places(places).lines(columns, look));
        }
        List<JsonTree> changes = carve.get("ledger").items();
        if (!changes.isEmpty()) {
            lines.add("");
            lines.addAll(changes(changes).lines(columns, look));
        }
        return lines;
    }

    private static Columns places(List<JsonTree> places) {
        Columns table =
                new Columns(
                        Column.text("differs at"),
                        Column.text("verdict"),
                        Column.number("old and new", 0),
                        Column.number("old and old", 1));
        for (JsonTree each : places.subList(0, Math.min(PLACES_MAX, places.size()))) {
            table.row(
                    Cell.of(each.get("place").text()),
                    Cell.of(each.get("verdict").text()),
                    Cell.of(pair(each, "copies_differing", "copies")),
                    Cell.of(pair(each, "twins_differing", "twins")));
        }
        return table;
    }

    private static String pair(JsonTree of, String part, String whole) {
        return Figures.count(of.get(part).count()) + " of " + Figures.count(of.get(whole).count());
    }

    private static Columns changes(List<JsonTree> changes) {
        Columns table =
                new Columns(
                        Column.text("at"),
                        Column.text("by"),
                        Column.text("to"),
                        new Column("reason", false, 1));
        for (JsonTree each : changes.subList(0, Math.min(CHANGES_MAX, changes.size()))) {
            table.row(
                    Cell.of(each.get("at").text()),
                    Cell.of(each.get("by").text()),
                    Cell.of(each.get("to").text()),
                    Cell.of(each.get("reason").text()));
        }
        return table;
    }
}
