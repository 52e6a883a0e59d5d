package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.app.terminal.Columns;
import dev.carve.app.terminal.Columns.Cell;
import dev.carve.app.terminal.Columns.Column;
import dev.carve.app.terminal.Figures;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Width;
import dev.carve.load.LoadOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carve compare --self}: the old side against itself. */
@Command(
        name = "compare",
        description = {
            "Compares the old side of a carved route with itself: for a while the running gateway"
                    + " sends each repeatable request there twice, and to the new side none.",
            "Tells where its answers differ by themselves, and the rules for compare: in the file"
                    + " that would leave that out. Works in every stage but done.",
            "Exit codes: 0 done, 1 failed or nothing came to compare, 2 wrong use."
        },
        mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin AdminOptions admin = new AdminOptions();

    @Option(names = "--self", required = true, description = "the old side against itself")
    boolean self;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "pairs of answers after which it ends (default: 200, at most 4000)")
    @Nullable String requests;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "when it ends all the same, such as 30s (default: 10m, at most 24h)")
    @Nullable String lasting;

    @Option(names = "--json", description = "what the gateway answers, for programs")
    boolean json;

    @Parameters(index = "0", paramLabel = "ROUTE", description = "its name in the file")
    String route = "";

    CompareCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> arguments = arguments();
        try (AdminClient client = admin.client()) {
            Awaited check = new Awaited(client, "route_compare_self", route);
            AdminClient.Reply begun = check.begin(arguments);
            if (!begun.isGood()) {
                streams.err().println("carve: " + begun.told());
                return begun.status() == 400 ? ExitCode.USAGE : ExitCode.FAILED;
            }
            Look look = Look.of(streams.out(), System.getenv());
            AdminClient.Reply ended = check.end(now -> progress(now, look));
            if (look.redraws()) {
                streams.out().print("\r\u001b[K");
            }
            if (json) {
                streams.out().println(ended.text().strip());
            } else {
                int columns = Width.of(look, System.getenv()).columns();
                lines(ended.tree(), look, columns).forEach(streams.out()::println);
            }
            return ended.tree().get("compared").count() > 0 ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private Map<String, String> arguments() {
        Map<String, String> arguments = new LinkedHashMap<>();
        if (requests != null) {
            arguments.put("requests", requests);
        }
        if (lasting != null) {
            Duration within;
            try {
                within = LoadOptions.duration("--for", lasting);
            } catch (IllegalArgumentException wrong) {
                throw new UsageException(String.valueOf(wrong.getMessage()));
            }
            // What is shorter than a second still is a time.
            arguments.put("seconds", Long.toString(Math.max(1, within.toSeconds())));
        }
        return arguments;
    }

    private void progress(JsonTree now, Look look) {
        if (look.redraws() && !json) {
            streams.out()
                    .print(
                            "\r\u001b[K"
                                    + now.get("compared").count()
                                    + " of "
                                    + now.get("wanted").count()
                                    + " compared");
            streams.out().flush();
        }
    }

    static List<String> lines(JsonTree check, Look look, int columns) {
        long compared = check.get("compared").count();
        List<String> lines = new ArrayList<>();
        if (compared == 0) {
            lines.add(
                    "no request came that may be repeated"
                            + (check.get("skipped").count() > 0
                                    ? " and could be compared; see carve_mirror_skipped_total"
                                    : ""));
            return lines;
        }
        long differing = check.get("differing").count();
        lines.add(
                Figures.count(compared)
                        + " pairs of answers of the old side, "
                        + Figures.count(differing)
                        + " differing");
        List<JsonTree> places = check.get("places").items();
        if (!places.isEmpty()) {
            Columns table =
                    new Columns(
                            Column.text("differs at"),
                            Column.number("share", 0),
                            Column.number("pairs", 0));
            for (JsonTree each : places) {
                long pairs = Math.max(1, each.get("pairs").count());
                long differ = each.get("differing").count();
                table.row(
                        Cell.of(each.get("place").text()),
                        Cell.of(Figures.share((double) differ / pairs)),
                        Cell.of(Figures.count(differ) + " of " + Figures.count(pairs)));
            }
            lines.add("");
            lines.addAll(table.lines(columns, look));
        }
        List<JsonTree> rules = check.get("lines").items();
        if (!rules.isEmpty()) {
            lines.add("");
            lines.add("rules that would leave this out, below compare: in the file");
            lines.add("");
            rules.forEach(each -> lines.add("  " + each.text()));
        }
        return lines;
    }
}
