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
                .addSubcommand(new CommandLine(new Start(streams)))
                .addSubcommand(new CommandLine(new Approve(streams)))
                .addSubcommand(new CommandLine(new Pause(streams)))
                .addSubcommand(new CommandLine(new Resume(streams)))
                .addSubcommand(new CommandLine(new RollBack(streams)))
                .addSubcommand(new CommandLine(new Finish(streams)));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "missing command (expected: show, start, approve, pause, resume, rollback or"
                        + " finish)");
    }

    /** Asks the gateway for something and tells what it said. */
    static int ask(
            Streams streams,
            AdminOptions admin,
            @Nullable String config,
            String command,
            Map<String, String> arguments)
            throws InterruptedException {
        try (AdminClient client = admin.client(config)) {
            AdminClient.Reply reply = client.run(command, arguments);
            if (reply.isGood()) {
                streams.out().println(reply.told());
                return ExitCode.DONE;
            }
            streams.err().println("carve: " + reply.told());
            return reply.status() == 400 ? ExitCode.USAGE : ExitCode.FAILED;
        }
    }

    /** What the commands for one route have alike. Filled by picocli. */
    private abstract static class OfRoute implements Callable<Integer> {
        private final Streams streams;
        private final String command;

        @Mixin AdminOptions admin = new AdminOptions();

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "where the admin address and token are found (default: carve.yaml)")
        @Nullable String config;

        @Option(
                names = "--by",
                paramLabel = "NAME",
                description = "who does it, for the ledger (default: your name on this machine)")
        @Nullable String by;

        @Parameters(index = "0", paramLabel = "ROUTE", description = "its name in the file")
        String route = "";

        OfRoute(Streams streams, String command) {
            this.streams = streams;
            this.command = command;
        }

        @Override
        public Integer call() throws InterruptedException {
            Map<String, String> arguments = new LinkedHashMap<>();
            arguments.put("route", route);
            arguments.put("by", by == null ? System.getProperty("user.name", "") : by);
            return ask(streams, admin, config, command, arguments);
        }
    }

    /** {@code carve route start}. */
    @Command(
            name = "start",
            description = "Begins to mirror, again after a roll-back.",
            mixinStandardHelpOptions = true)
    private static final class Start extends OfRoute {
        Start(Streams streams) {
            super(streams, "route_start");
        }
    }

    /** {@code carve route approve}. */
    @Command(
            name = "approve",
            description = "Lets the next step begin, whatever it waits for.",
            mixinStandardHelpOptions = true)
    private static final class Approve extends OfRoute {
        Approve(Streams streams) {
            super(streams, "route_approve");
        }
    }

    /** {@code carve route pause}. */
    @Command(
            name = "pause",
            description = "Stays at the share it has; the guard goes on judging.",
            mixinStandardHelpOptions = true)
    private static final class Pause extends OfRoute {
        Pause(Streams streams) {
            super(streams, "route_pause");
        }
    }

    /** {@code carve route resume}. */
    @Command(
            name = "resume",
            description = "Goes on after a pause.",
            mixinStandardHelpOptions = true)
    private static final class Resume extends OfRoute {
        Resume(Streams streams) {
            super(streams, "route_resume");
        }
    }

    /** {@code carve route rollback}. */
    @Command(
            name = "rollback",
            description = "Sends everything back to the old side.",
            mixinStandardHelpOptions = true)
    private static final class RollBack extends OfRoute {
        RollBack(Streams streams) {
            super(streams, "route_rollback");
        }
    }

    /** {@code carve route finish}. */
    @Command(
            name = "finish",
            description = "Ends a carve that is at 100 %: the new side stays.",
            mixinStandardHelpOptions = true)
    private static final class Finish extends OfRoute {
        Finish(Streams streams) {
            super(streams, "route_finish");
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

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "where the admin address and token are found (default: carve.yaml)")
        @Nullable String config;

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
            try (AdminClient client = admin.client(config)) {
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
                names = "--config",
                paramLabel = "FILE",
                description = "where the admin address and token are found (default: carve.yaml)")
        @Nullable String config;

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
            return ask(
                    streams,
                    admin,
                    config,
                    "rollback_all",
                    Map.of("by", System.getProperty("user.name", "")));
        }
    }

    /** {@code carve accept}. */
    @Command(
            name = "accept",
            description = {
                "Prints what differs between two answers of the old side alone, as lines for"
                        + " compare: in the file.",
            },
            mixinStandardHelpOptions = true)
    static final class Accept implements Callable<Integer> {
        private final Streams streams;

        @Mixin AdminOptions admin = new AdminOptions();

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "where the admin address and token are found (default: carve.yaml)")
        @Nullable String config;

        @Parameters(index = "0", paramLabel = "ROUTE", description = "its name in the file")
        String route = "";

        Accept(Streams streams) {
            this.streams = streams;
        }

        @Override
        public Integer call() throws InterruptedException {
            try (AdminClient client = admin.client(config)) {
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
}
