package dev.carve.app;

import dev.carve.app.terminal.Columns;
import dev.carve.app.terminal.Columns.Cell;
import dev.carve.app.terminal.Columns.Column;
import dev.carve.app.terminal.Figures;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;

/**
 * What {@code carve status} shows of the view of that name: first whether something is wrong with
 * process or machine, then the services with their instances, then the busiest routes. Immutable.
 */
final class StatusText {

    /** A loop that is so late delays every request by as much. */
    private static final double LATE_SECONDS = 0.05;

    private final JsonTree status;
    private final Look look;
    private final int columns;
    private final int routesMax;

    /**
     * @param columns of the terminal
     * @param routesMax how many routes are shown, the busiest first; with all of them all instances
     */
    StatusText(JsonTree status, Look look, int columns, int routesMax) {
        this.status = status;
        this.look = look;
        this.columns = columns;
        this.routesMax = routesMax;
    }

    List<String> lines(String at) {
        List<String> lines = new ArrayList<>(head(at));
        lines.add("");
        lines.addAll(
                new ServicesText(look, columns, routesMax == Integer.MAX_VALUE)
                        .lines(status.get("traffic").get("services").items()));
        lines.add("");
        lines.addAll(routes());
        return lines;
    }

    // The process and the machine.

    private List<String> head(String at) {
        JsonTree process = status.get("process");
        List<String> lines = new ArrayList<>();
        String ready =
                process.get("ready").flag()
                        ? look.paint(Paint.GREEN, "ready")
                        : look.paint(Paint.RED, "not ready: " + text(process, "reason"));
        lines.add(
                look.paint(Paint.BOLD, "carve " + text(process, "version"))
                        + " at "
                        + Columns.harmless(at)
                        + ", up "
                        + Figures.age(process.get("uptime").number())
                        + ", "
                        + ready);
        if (process.get("last_reload_refused").flag()) {
            String ago = Figures.age(process.get("last_reload_age").number());
            lines.add(
                    look.paint(
                            Paint.RED,
                            "the last reload, "
                                    + ago
                                    + " ago, was refused: the configuration before it is in use"));
        }
        lines.add("machine  " + machine());
        lines.add("loops    " + loops());
        lines.add("total    " + total());
        return lines;
    }

    private String machine() {
        JsonTree machine = status.get("machine");
        StringJoiner reasons = new StringJoiner(", ");
        machine.get("reasons").items().forEach(each -> reasons.add(each.text()));
        String state =
                reasons.length() == 0
                        ? look.paint(Paint.GREEN, "ok")
                        : look.paint(Paint.RED, "short: " + Columns.harmless(reasons.toString()));
        StringBuilder out = new StringBuilder(state);
        out.append(", ").append(machine.get("cores").count()).append(" cores");
        share(out, machine.get("busy_share"), "busy");
        share(out, machine.get("stolen_share"), "stolen");
        share(out, machine.get("throttled_share"), "throttled");
        return out.toString();
    }

    /** What the system does not tell is not shown. */
    private static void share(StringBuilder out, JsonTree share, String what) {
        if (!share.isAbsent()) {
            out.append(", ").append(Figures.share(share.number())).append(' ').append(what);
        }
    }

    private String loops() {
        double delay = 0;
        double p99 = 0;
        double task = 0;
        List<JsonTree> loops = status.get("loops").items();
        for (JsonTree each : loops) {
            delay = Math.max(delay, each.get("delay_max").number());
            p99 = Math.max(p99, each.get("delay_p99").number());
            task = Math.max(task, each.get("longest_task").number());
        }
        return loops.size()
                + ", late by "
                + late(delay)
                + " at worst and "
                + late(p99)
                + " at p99, longest task "
                + late(task);
    }

    private String late(double seconds) {
        String text = Figures.latency(seconds);
        return seconds > LATE_SECONDS ? look.paint(Paint.RED, text) : text;
    }

    private String total() {
        JsonTree total = status.get("traffic").get("total");
        JsonTree recent = total.get("recent");
        String flight = Figures.count(total.get("in_flight").count()) + " in flight";
        if (recent.isAbsent()) {
            return Figures.count(total.get("ended").count()) + " requests, " + flight;
        }
        double errors = recent.get("error_share").number();
        return Figures.rate(recent.get("per_second").number())
                + "/s, "
                + look.paint(TrafficCells.errorPaint(errors), Figures.share(errors) + " errors")
                + ", p50 "
                + TrafficCells.latency(recent, "p50")
                + ", p95 "
                + TrafficCells.latency(recent, "p95")
                + ", p99 "
                + TrafficCells.latency(recent, "p99")
                + ", "
                + flight;
    }

    // Routes.

    private List<String> routes() {
        JsonTree traffic = status.get("traffic");
        List<JsonTree> all = new ArrayList<>(traffic.get("routes").items());
        all.sort(
                Comparator.comparingDouble(StatusText::busy)
                        .reversed()
                        .thenComparing(each -> each.get("name").text()));
        Columns table =
                new Columns(
                        Column.text("ROUTE"),
                        Column.number("in flight", 6),
                        Column.number("requests", 7),
                        Column.number("req/s", 1),
                        Column.number("errors", 2),
                        Column.number("p50", 4),
                        Column.number("p95", 3),
                        Column.number("p99", 5));
        for (JsonTree each : all.subList(0, Math.min(routesMax, all.size()))) {
            JsonTree counted = each.get("traffic");
            JsonTree recent = counted.get("recent");
            table.row(
                    Cell.of(each.get("name").text()),
                    Cell.of(Figures.count(counted.get("in_flight").count())),
                    Cell.of(Figures.count(counted.get("ended").count())),
                    TrafficCells.rate(recent),
                    TrafficCells.errors(recent),
                    Cell.of(TrafficCells.latency(recent, "p50")),
                    Cell.of(TrafficCells.latency(recent, "p95")),
                    Cell.of(TrafficCells.latency(recent, "p99")));
        }
        long more = Math.max(0, all.size() - routesMax) + traffic.get("routes_left_out").count();
        if (all.isEmpty()) {
            table.note("no request has ended yet", Paint.DIM);
        } else if (more > 0) {
            table.note("and " + Figures.count(more) + " more that are less busy", Paint.DIM);
        }
        return table.lines(columns, look);
    }

    /** By what happens now; those that are quiet by what happened before. */
    private static double busy(JsonTree route) {
        JsonTree traffic = route.get("traffic");
        double now = traffic.get("recent").get("ended").number();
        return now > 0 ? 1 + now : 1 - 1 / (1 + traffic.get("ended").number());
    }

    private static String text(JsonTree of, String name) {
        return Columns.harmless(of.get(name).text());
    }
}
