package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code carve accept}: what was learnt of noise, as rules. */
@Command(
        name = "accept",
        description = {
            "Prints what differs between two answers of the old side alone, as lines for"
                    + " compare: in the file.",
        },
        mixinStandardHelpOptions = true)
final class AcceptCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin AdminOptions admin = new AdminOptions();

    @Parameters(index = "0", paramLabel = "ROUTE", description = "its name in the file")
    String route = "";

    AcceptCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (AdminClient client = admin.client()) {
            AdminClient.Reply reply = client.read("carves", Map.of());
            for (JsonTree each : reply.tree().items()) {
                if (each.get("route").text().equals(route)) {
                    for (JsonTree line : each.get("learnt").items()) {
                        streams.out().println(line.text());
                    }
                    return ExitCode.DONE;
                }
            }
        }
        streams.err().println("carve: no carve on \"" + route + "\"");
        return ExitCode.USAGE;
    }
}
