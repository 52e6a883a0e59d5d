package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
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

/** {@code carve service …}: what operators do to the instances of a running gateway. */
@Command(
        name = "service",
        description = "Takes an instance of a service out of use in the running gateway, and back.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class ServiceCommand implements Runnable {

    @Spec private CommandSpec spec = CommandSpec.create();

    static CommandLine tree(Streams streams) {
        return new CommandLine(new ServiceCommand())
                .addSubcommand(new Drain(streams))
                .addSubcommand(new Disable(streams))
                .addSubcommand(new Enable(streams));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "missing command (expected: drain, disable or enable)");
    }

    /** What the three have alike. Filled by picocli. */
    private abstract static class OfInstance implements Callable<Integer> {

        private final Streams streams;
        private final String command;

        @Mixin AdminOptions admin = new AdminOptions();

        @Parameters(index = "0", paramLabel = "SERVICE", description = "its name in the file")
        String service = "";

        @Parameters(
                index = "1",
                paramLabel = "INSTANCE",
                description = "HOST:PORT or unix:/PATH, as carve status shows it")
        String instance = "";

        OfInstance(Streams streams, String command) {
            this.streams = streams;
            this.command = command;
        }

        @Nullable String reason() {
            return null;
        }

        @Override
        public Integer call() throws InterruptedException {
            Map<String, String> arguments = new LinkedHashMap<>();
            arguments.put("service", service);
            arguments.put("instance", instance);
            String reason = reason();
            if (reason != null) {
                arguments.put("reason", reason);
            }
            return admin.run(streams, command, arguments);
        }
    }

    /** {@code carve service drain}. */
    @Command(
            name = "drain",
            description = {
                "Sends an instance no more calls; those under way are finished, as the answer and"
                        + " carve status tell.",
                "It stays so until carve service enable, or until the gateway is started again."
            },
            mixinStandardHelpOptions = true)
    private static final class Drain extends OfInstance {

        @Option(names = "--reason", paramLabel = "TEXT", description = "shown in carve status")
        @Nullable String reason;

        Drain(Streams streams) {
            super(streams, "drain");
        }

        @Override
        @Nullable String reason() {
            return reason;
        }
    }

    /** {@code carve service disable}. */
    @Command(
            name = "disable",
            description = {
                "Switches an instance off, as drain does but for good: no calls are sent to it.",
                "It stays so until carve service enable, or until the gateway is started again."
            },
            mixinStandardHelpOptions = true)
    private static final class Disable extends OfInstance {

        @Option(names = "--reason", paramLabel = "TEXT", description = "shown in carve status")
        @Nullable String reason;

        Disable(Streams streams) {
            super(streams, "disable");
        }

        @Override
        @Nullable String reason() {
            return reason;
        }
    }

    /** {@code carve service enable}. */
    @Command(
            name = "enable",
            description = "Takes drain or disable back: the instance gets calls if it works.",
            mixinStandardHelpOptions = true)
    private static final class Enable extends OfInstance {

        Enable(Streams streams) {
            super(streams, "enable");
        }
    }
}
