package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code carve reload}: the running gateway reads its own file anew. */
@Command(
        name = "reload",
        description = {
            "Lets the running gateway read its configuration anew; with any mistake nothing"
                    + " changes.",
            "It reads the file that it was started with. Exit codes: 0 done, 1 refused or no"
                    + " gateway, 2 wrong use."
        },
        mixinStandardHelpOptions = true)
final class ReloadCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin AdminOptions admin = new AdminOptions();

    ReloadCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (AdminClient client = admin.client()) {
            AdminClient.Reply reply = client.run("reload", Map.of());
            (reply.isGood() ? streams.out() : streams.err()).println(reply.told());
            return reply.isGood() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }
}
