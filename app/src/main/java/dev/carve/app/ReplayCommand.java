package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.app.terminal.Look;
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

/** {@code carve replay}: the kept differences, asked again. */
@Command(
        name = "replay",
        description = {
            "Lets the running gateway send the kept differing requests of a route again, to both"
                    + " sides, and tells which differ no more. Only what may be repeated is sent:"
                    + " GET, HEAD, OPTIONS and routes with safe: true.",
            "Exit codes: 0 nothing differs any more, 1 something does or could not be asked, 2"
                    + " wrong use."
        },
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin AdminOptions admin = new AdminOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "only the newest so many (default: all that are kept, 200)")
    @Nullable String limit;

    @Option(
            names = "--header",
            paramLabel = "FIELD",
            description =
                    "such as 'Authorization: Bearer x', for the credentials that are not kept;"
                            + " without a value the field is left out; may be repeated")
    List<String> headers = new ArrayList<>();

    @Option(names = "--json", description = "what the gateway answers, for programs")
    boolean json;

    @Parameters(index = "0", paramLabel = "ROUTE", description = "its name in the file")
    String route = "";

    ReplayCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> arguments = new LinkedHashMap<>();
        if (limit != null) {
            arguments.put("limit", limit);
        }
        if (!headers.isEmpty()) {
            arguments.put("secret_headers", String.join("\n", headers));
        }
        try (AdminClient client = admin.client()) {
            Awaited replay = new Awaited(client, "route_replay", route);
            AdminClient.Reply begun = replay.begin(arguments);
            if (!begun.isGood()) {
                streams.err().println("carve: " + begun.told());
                return begun.status() == 400 ? ExitCode.USAGE : ExitCode.FAILED;
            }
            AdminClient.Reply ended = replay.end(_ -> {});
            if (json) {
                streams.out().println(ended.text().strip());
            } else {
                Look look = Look.of(streams.out(), System.getenv());
                ReplayText.lines(ended.tree(), look).forEach(streams.out()::println);
            }
            return ReplayText.isFixed(ended.tree()) ? ExitCode.DONE : ExitCode.FAILED;
        }
    }
}
