package dev.carve.app;

import dev.carve.app.terminal.Columns;
import dev.carve.app.terminal.Columns.Cell;
import dev.carve.app.terminal.Columns.Column;
import dev.carve.app.terminal.Figures;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The services of {@link StatusText}: for each a row, below it what is wrong with it or protects
 * it, then its instances. Of many instances those are shown that something is the matter with, and
 * the busiest. Immutable.
 */
final class ServicesText {

    /** From here on a reason stands in the row; else below it. */
    private static final int WIDE = 120;

    private static final int REASON_MAX = 60;

    /** Of a service with more instances not all are shown. */
    private static final int INSTANCES_MAX = 12;

    private static final String INDENT = "  ";
    private static final String BETWEEN = ", ";

    private final Look look;
    private final int columns;
    private final boolean all;

    /**
     * @param columns of the terminal
     * @param all whether each instance is shown, however many there are
     */
    ServicesText(Look look, int columns, boolean all) {
        this.look = look;
        this.columns = columns;
        this.all = all;
    }

    List<String> lines(List<JsonTree> services) {
        boolean wide = columns >= WIDE;
        Columns table =
                new Columns(
                        Column.text("SERVICE / instance"),
                        Column.text("state"),
                        Column.number("since", 1),
                        Column.number("calls", 2),
                        Column.number("conns", 8),
                        Column.number("idle", 11),
                        Column.number("weight", 10),
                        Column.number("req/s", 3),
                        Column.number("errors", 2),
                        Column.number("retries", 9),
                        Column.number("p50", 5),
                        Column.number("p95", 4),
                        new Column("why", false, wide ? 1 : 12));
        for (JsonTree service : services) {
            service(table, service);
            instances(table, service.get("instances").items(), wide);
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
                TrafficCells.rate(recent),
                TrafficCells.errors(recent),
                Cell.of(TrafficCells.count(recent, "retries")),
                Cell.of(TrafficCells.latency(recent, "p50")),
                Cell.of(TrafficCells.latency(recent, "p95")));
        failures(table, recent);
        dns(table, service.get("dns"));
        JsonTree protection = service.get("protection");
        breaker(table, protection.get("breaker"));
        protection(table, protection);
    }

    // What stands below a service.

    private static void failures(Columns table, JsonTree recent) {
        StringJoiner failures = new StringJoiner(BETWEEN);
        recent.get("failures")
                .members((code, count) -> failures.add(code + " " + Figures.count(count.count())));
        if (failures.length() > 0) {
            table.note(INDENT + "failing: " + failures, Paint.YELLOW);
        }
    }

    private static void dns(Columns table, JsonTree dns) {
        if (dns.isAbsent()) {
            return;
        }
        long addresses = dns.get("addresses").count();
        String known = addresses == 1 ? "1 address" : Figures.count(addresses) + " addresses";
        String name = INDENT + "dns " + dns.get("name").text();
        if (dns.get("good").flag()) {
            table.note(name + ": " + known, Paint.DIM);
        } else {
            String failing =
                    name
                            + ": "
                            + dns.get("result").text()
                            + " for "
                            + Figures.age(dns.get("age").number());
            table.note(
                    failing + (addresses == 0 ? ", no address is known" : ", " + known + " stay"),
                    addresses == 0 ? Paint.RED : Paint.YELLOW);
        }
    }

    /** One that is closed stands beside the rest. */
    private static void breaker(Columns table, JsonTree breaker) {
        String state = breaker.get("state").text();
        if (breaker.isAbsent() || state.equals("closed")) {
            return;
        }
        String reason = breaker.get("reason").text();
        table.note(
                INDENT
                        + "breaker "
                        + state
                        + " for "
                        + Figures.age(breaker.get("age").number())
                        + (reason.isEmpty() ? "" : ": " + reason),
                state.equals("open") ? Paint.RED : Paint.YELLOW);
    }

    /** How what is on stands, in as many lines as it takes. */
    private void protection(Columns table, JsonTree protection) {
        List<String> parts = new ArrayList<>();
        JsonTree breaker = protection.get("breaker");
        if (breaker.get("state").text().equals("closed")) {
            parts.add("breaker closed");
        }
        JsonTree limit = protection.get("limit");
        if (!limit.isAbsent()) {
            parts.add(
                    "limit %s of %s in flight, %s waiting, %s refused"
                            .formatted(
                                    count(limit, "in_flight"),
                                    count(limit, "permits"),
                                    count(limit, "waiting"),
                                    count(limit, "refused")));
        }
        JsonTree hedges = protection.get("hedges");
        if (!hedges.isAbsent()) {
            parts.add(
                    "hedges %s, %s won%s"
                            .formatted(
                                    count(hedges, "sent"), count(hedges, "won"), unpaid(hedges)));
        }
        JsonTree retries = protection.get("retries");
        if (retries.get("made").count() + retries.get("refused").count() > 0) {
            parts.add("retries " + count(retries, "made") + unpaid(retries));
        }
        long ejections = protection.get("ejections").count();
        if (ejections > 0) {
            parts.add("ejections " + Figures.count(ejections));
        }
        StringBuilder line = new StringBuilder();
        for (String each : parts) {
            if (!line.isEmpty() && line.length() + 2 + each.length() > columns) {
                table.note(line.toString(), Paint.DIM);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? INDENT : "; ").append(each);
        }
        if (!line.isEmpty()) {
            table.note(line.toString(), Paint.DIM);
        }
    }

    private static String unpaid(JsonTree of) {
        long refused = of.get("refused").count();
        return refused == 0 ? "" : ", " + Figures.count(refused) + " beyond the budget";
    }

    private static String count(JsonTree of, String name) {
        return Figures.count(of.get(name).count());
    }

    // Instances.

    private void instances(Columns table, List<JsonTree> instances, boolean wide) {
        Set<JsonTree> chosen = new LinkedHashSet<>(instances);
        if (!all && instances.size() > INSTANCES_MAX) {
            chosen.clear();
            instances.stream()
                    .sorted(
                            Comparator.comparing(ServicesText::isWell)
                                    .thenComparing(
                                            Comparator.comparingDouble(ServicesText::busy)
                                                    .reversed()))
                    .limit(INSTANCES_MAX)
                    .forEach(chosen::add);
        }
        instances.stream().filter(chosen::contains).forEach(each -> instance(table, each, wide));
        List<JsonTree> rest = instances.stream().filter(each -> !chosen.contains(each)).toList();
        if (!rest.isEmpty()) {
            long well = rest.stream().filter(ServicesText::isWell).count();
            table.note(
                    INDENT
                            + "and "
                            + Figures.count(rest.size())
                            + " more, "
                            + (well == rest.size() ? "all" : Figures.count(well))
                            + " up (--all shows them)",
                    Paint.DIM);
        }
    }

    private static boolean isWell(JsonTree instance) {
        return instance.get("state").text().equals("up");
    }

    private static double busy(JsonTree instance) {
        return instance.get("traffic").get("recent").get("per_second").number();
    }

    private static void instance(Columns table, JsonTree instance, boolean wide) {
        String reason = instance.get("reason").text();
        JsonTree recent = instance.get("traffic").get("recent");
        table.row(
                Cell.of(INDENT + instance.get("name").text()),
                Cell.of(state(instance), paintOf(instance)),
                Cell.of(Figures.age(instance.get("age").number())),
                Cell.of(count(instance, "in_flight")),
                Cell.of(count(instance, "connections")),
                Cell.of(count(instance, "idle")),
                Cell.of(weight(instance)),
                TrafficCells.rate(recent),
                TrafficCells.errors(recent),
                Cell.of(""),
                Cell.of(TrafficCells.latency(recent, "p50")),
                Cell.of(TrafficCells.latency(recent, "p95")),
                Cell.of(wide ? Columns.cut(reason, REASON_MAX, Look.PLAIN) : ""));
        if (!wide && !reason.isEmpty()) {
            table.note("    " + reason, Paint.DIM);
        }
    }

    private static Paint paintOf(JsonTree instance) {
        if (!instance.get("eligible").flag()) {
            return instance.get("state").text().equals("draining") ? Paint.YELLOW : Paint.RED;
        }
        return isWell(instance) ? Paint.GREEN : Paint.CYAN;
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
}
