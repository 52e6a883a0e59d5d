package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carve accept}: what was learnt of noise, as rules. */
@Command(
        name = "accept",
        description = {
            "Prints what differs between two answers of the old side alone, as lines for"
                    + " compare: in the file; with --write puts them there.",
        },
        mixinStandardHelpOptions = true)
final class AcceptCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin AdminOptions admin = new AdminOptions();

    @Option(
            names = "--write",
            description =
                    "add the lines to the file on this machine that --config names; all else in it"
                            + " stays as it is, and the running gateway knows nothing of it before"
                            + " carve reload")
    boolean write;

    @Parameters(index = "0", paramLabel = "ROUTE", description = "its name in the file")
    String route = "";

    AcceptCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonTree carve = carve();
        if (carve.isAbsent()) {
            streams.err().println("carve: no carve on \"" + route + "\"");
            return ExitCode.USAGE;
        }
        if (write) {
            return write(LearntRules.of(carve));
        }
        carve.get("learnt").items().forEach(line -> streams.out().println(line.text()));
        return ExitCode.DONE;
    }

    private JsonTree carve() throws InterruptedException {
        try (AdminClient client = admin.client()) {
            for (JsonTree each : client.read("carves", Map.of()).tree().items()) {
                if (each.get("route").text().equals(route)) {
                    return each;
                }
            }
        }
        return JsonTree.ABSENT;
    }

    private int write(LearntRules rules) {
        String config = admin.config == null ? ConfigurationSource.DEFAULT_FILE : admin.config;
        Path file = ConfigurationSource.existing(config);
        return switch (new RuleFile(file, System.getenv()).add(route, rules)) {
            case RuleFile.Written(String place, int added) -> {
                streams.out()
                        .println(
                                place
                                        + ": "
                                        + added
                                        + (added == 1 ? " rule" : " rules")
                                        + " added; carve reload takes them over");
                yield ExitCode.DONE;
            }
            case RuleFile.Unchanged _ -> {
                streams.out().println(file + ": nothing to add");
                yield ExitCode.DONE;
            }
            case RuleFile.Refused(String why) -> {
                streams.err().println("carve: " + why);
                yield ExitCode.FAILED;
            }
        };
    }
}
