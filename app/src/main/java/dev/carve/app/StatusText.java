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

    /** Errors of more than this share are shown in red, of less in yellow. */
    private static final double MANY_ERRORS = 0.01;

    /** A loop that is so late delays every request by as much. */
    private static final double LATE_SECONDS = 0.05;

    /** From here on a reason stands in the row; else below it. */
    private static final int WIDE = 120;

    private static final int REASON_MAX = 60;

    private final JsonTree status;
    private final Look look;
    private final int columns;
    private final int routesMax;

    /**
     * @param columns of the terminal
     * @param routesMax how many routes are shown, the busiest first
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
        lines.addAll(services());
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
                + look.paint(errorPaint(errors), Figures.share(errors) + " errors")
                + ", p50 "
                + latency(recent, "p50")
                + ", p95 "
                + latency(recent, "p95")
                + ", p99 "
                + latency(recent, "p99")
                + ", "
                + flight;
    }

    // Services and instances.

    private List<String> services() {
        boolean wide = columns >= WIDE;
        Columns table =
                new Columns(
                        Column.text("SERVICE / instance"),
                        Column.text("state"),
                        Column.number("since", 1),
                        Column.number("calls", 2),
                        Column.number("conns", 6),
                        Column.number("idle", 9),
                        Column.number("weight", 8),
                        Column.number("req/s", 3),
                        Column.number("errors", 2),
                        Column.number("retries", 7),
                        Column.number("p50", 5),
                        Column.number("p95", 4),
                        new Column("why", false, wide ? 1 : 10));
        for (JsonTree service : status.get("traffic").get("services").items()) {
            service(table, service);
            for (JsonTree instance : service.get("instances").items()) {
                instance(table, instance, wide);
            }
        }
        return table.lines(columns, look);
    }

    private void service(Columns table, JsonTree service) {
        JsonTree traffic = service.get("traffic");
        JsonTree recent = traffic.get("recent");
        boolean usable = service.get("usable").flag();
        long connections = 0;
        long idle = 0;
        for (JsonTree each : service.get("instances").items()) {
            connections += each.get("connections").count();
            idle += each.get("idle").count();
        }
        table.row(
                Cell.of(service.get("name").text(), Paint.BOLD),
                usable ? Cell.of("") : Cell.of("no instance", Paint.RED),
                Cell.of(""),
                Cell.of(Figures.count(traffic.get("in_flight").count())),
                Cell.of(Figures.count(connections)),
                Cell.of(Figures.count(idle)),
                Cell.of(""),
                rate(recent),
                errors(recent),
                Cell.of(count(recent, "retries")),
                Cell.of(latency(recent, "p50")),
                Cell.of(latency(recent, "p95")));
        notes(table, recent);
    }

    /** What goes wrong with a service as a whole stands below it. */
    private static void notes(Columns table, JsonTree recent) {
        StringJoiner failures = new StringJoiner(", ");
        recent.get("failures")
                .members((code, count) -> failures.add(code + " " + Figures.count(count.count())));
        if (failures.length() > 0) {
            table.note("  failing: " + failures, Paint.YELLOW);
        }
    }

    private static void instance(Columns table, JsonTree instance, boolean wide) {
        String reason = instance.get("reason").text();
        Paint paint = paintOf(instance);
        table.row(
                Cell.of("  " + instance.get("name").text()),
                Cell.of(state(instance), paint),
                Cell.of(Figures.age(instance.get("age").number())),
                Cell.of(Figures.count(instance.get("in_flight").count())),
                Cell.of(Figures.count(instance.get("connections").count())),
                Cell.of(Figures.count(instance.get("idle").count())),
                Cell.of(weight(instance)),
                Cell.of(""),
                Cell.of(""),
                Cell.of(""),
                Cell.of(""),
                Cell.of(""),
                Cell.of(wide ? Columns.cut(reason, REASON_MAX, Look.PLAIN) : ""));
        if (!wide && !reason.isEmpty()) {
            table.note("    " + reason, Paint.DIM);
        }
    }

    private static Paint paintOf(JsonTree instance) {
        if (!instance.get("eligible").flag()) {
            return instance.get("state").text().equals("draining") ? Paint.YELLOW : Paint.RED;
        }
        return instance.get("state").text().equals("up") ? Paint.GREEN : Paint.CYAN;
    }

    private static String state(JsonTree instance) {
        String state = instance.get("state").text();
        double grown = instance.get("grown").number();
        return state.equals("starting") ? state + " " + Figures.share(grown) : state;
    }

    private static String weight(JsonTree instance) {
        JsonTree weight = instance.get("weight");
        return weight.isAbsent() ? Figures.NONE : Figures.count(weight.count());
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
                    rate(recent),
                    errors(recent),
                    Cell.of(latency(recent, "p50")),
                    Cell.of(latency(recent, "p95")),
                    Cell.of(latency(recent, "p99")));
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

    // Cells.

    private static Cell rate(JsonTree recent) {
        return Cell.of(
                recent.isAbsent() ? Figures.NONE : Figures.rate(recent.get("per_second").number()));
    }

    private static Cell errors(JsonTree recent) {
        if (recent.get("ended").count() == 0) {
            return Cell.of(Figures.NONE);
        }
        double share = recent.get("error_share").number();
        return Cell.of(Figures.share(share), errorPaint(share));
    }

    private static Paint errorPaint(double share) {
        if (share <= 0) {
            return Paint.PLAIN;
        }
        return share > MANY_ERRORS ? Paint.RED : Paint.YELLOW;
    }

    private static String count(JsonTree recent, String name) {
        return recent.isAbsent() ? Figures.NONE : Figures.count(recent.get(name).count());
    }

    /** None where nothing ended. */
    private static String latency(JsonTree recent, String name) {
        return recent.get("ended").count() == 0
                ? Figures.NONE
                : Figures.latency(recent.get(name).number());
    }

    private static String text(JsonTree of, String name) {
        return Columns.harmless(of.get(name).text());
    }
}
