package dev.carve.app;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that speaks to a running gateway. Filled by picocli. */
final class AdminOptions extends AdminListenerOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "where the admin address and token are found (default: carve.yaml)")
    @Nullable String config;

    AdminClient client() {
        return client(config);
    }

    /** Asks the gateway for something and tells what it said. */
    int run(CommandLineTree.Streams streams, String command, Map<String, String> arguments)
            throws InterruptedException {
        try (AdminClient client = client()) {
            AdminClient.Reply reply = client.run(command, arguments);
            if (reply.isGood()) {
                streams.out().println(reply.told());
                return ExitCode.DONE;
            }
            streams.err().println("carve: " + reply.told());
            // Nothing of that name is the caller's mistake, like a wrong option.
            return reply.status() == 400 ? ExitCode.USAGE : ExitCode.FAILED;
        }
    }
}
