package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Width;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code carve route …}: the stages of a carve in a running gateway. */
@Command(
        name = "route",
        description = "Shows and moves the carves of a running gateway.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class RouteCommand implements Runnable {

    @Spec private CommandSpec spec = CommandSpec.create();

    static CommandLine tree(Streams streams) {
        return new CommandLine(new RouteCommand())
                .addSubcommand(new Show(streams))
                .addSubcommand(verb(streams, "start", "Begins to mirror, again after a roll-back."))
                .addSubcommand(
                        verb(
                                streams,
                                "approve",
                                "Lets the next step begin, whatever it waits for."))
                .addSubcommand(
                        verb(
                                streams,
                                "pause",
                                "Stays at the share it has; the guard goes on judging."))
                .addSubcommand(verb(streams, "resume", "Goes on after a pause."))
                .addSubcommand(verb(streams, "rollback", "Sends everything back to the old side."))
                .addSubcommand(
                        verb(
                                streams,
                                "finish",
                                "Ends a carve that is at 100 %: the new side stays."));
    }

    private static CommandLine verb(Streams streams, String name, String description) {
        CommandLine verb = new CommandLine(new Verb(streams, "route_" + name));
        verb.setCommandName(name);
        verb.getCommandSpec().usageMessage().description(description);
        return verb;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "missing command (expected: show, start, approve, pause, resume, rollback or"
                        + " finish)");
    }

    /** What is done to one route and told in a line. Filled by picocli. */
    @Command(mixinStandardHelpOptions = true)
    private static final class Verb implements Callable<Integer> {
        private final Streams streams;
        private final String command;

        @Mixin AdminOptions admin = new AdminOptions();

        @Option(
                names = "--by",
                paramLabel = "NAME",
                description = "who does it, for the ledger (default: your name on this machine)")
        @Nullable String by;

        @Parameters(index = "0", paramLabel = "ROUTE", description = "its name in the file")
        String route = "";

        Verb(Streams streams, String command) {
            this.streams = streams;
            this.command = command;
        }

        @Override
        public Integer call() throws InterruptedException {
            Map<String, String> arguments = new LinkedHashMap<>();
            arguments.put("route", route);
            arguments.put("by", by == null ? System.getProperty("user.name", "") : by);
            return admin.run(streams, command, arguments);
        }
    }

    /** {@code carve route show}. */
    @Command(
            name = "show",
            description = "Shows where carves stand, what they wait for and where answers differ.",
            mixinStandardHelpOptions = true)
    private static final class Show implements Callable<Integer> {
        private final Streams streams;

        @Mixin AdminOptions admin = new AdminOptions();

        @Option(names = "--json", description = "what the gateway answers, for programs")
        boolean json;

        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "ROUTE",
                description = "its name in the file; all if there is none")
        @Nullable String route;

        Show(Streams streams) {
            this.streams = streams;
        }

        @Override
        public Integer call() throws InterruptedException {
            try (AdminClient client = admin.client()) {
                AdminClient.Reply reply = client.read("carves", Map.of());
                if (json) {
                    streams.out().println(reply.text().strip());
                    return ExitCode.DONE;
                }
                Look look = Look.of(streams.out(), System.getenv());
                int columns = Width.of(look, System.getenv()).columns();
                CarvesText.lines(reply.tree(), route, look, columns)
                        .forEach(streams.out()::println);
            }
            return ExitCode.DONE;
        }
    }

    /** {@code carve rollback --all}. */
    @Command(
            name = "rollback",
            description = "Sends every carved route back to its old side.",
            mixinStandardHelpOptions = true)
    static final class RollBackAll implements Callable<Integer> {
        private final Streams streams;

        @Mixin AdminOptions admin = new AdminOptions();

        @Option(
                names = "--all",
                required = true,
                description = "all of them; carve route rollback for one")
        boolean all;

        RollBackAll(Streams streams) {
            this.streams = streams;
        }

        @Override
        public Integer call() throws InterruptedException {
            return admin.run(
                    streams, "rollback_all", Map.of("by", System.getProperty("user.name", "")));
        }
    }
}
