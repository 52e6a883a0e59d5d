package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Width;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code carve routes}: the routes that a running gateway uses. */
@Command(
        name = "routes",
        description = {
            "Lists the routes that the running gateway uses, in the order of its file; requests and"
                    + " errors since its start.",
            "Which of them takes a request tells carve explain. Exit codes: 0 done, 1 no gateway,"
                    + " 2 wrong use."
        },
        mixinStandardHelpOptions = true)
final class RoutesCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin AdminOptions admin = new AdminOptions();

    @Option(names = "--json", description = "what the gateway answers, for programs")
    boolean json;

    RoutesCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (AdminClient client = admin.client()) {
            AdminClient.Reply reply = client.read("routes", Map.of());
            if (json) {
                streams.out().println(reply.text().strip());
            } else {
                Look look = Look.of(streams.out(), System.getenv());
                int columns = Width.of(look, System.getenv()).columns();
                RoutesText.lines(reply.tree(), look, columns).forEach(streams.out()::println);
            }
        }
        return ExitCode.DONE;
    }
}
