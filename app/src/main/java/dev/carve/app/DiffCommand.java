package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.config.Diff;
import dev.carve.config.Loaded;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code carve diff}: what a new file would change. */
@Command(
        name = "diff",
        description = "Tells what differs between two files, by value.",
        mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {

    private final Streams streams;

    @Parameters(index = "0", paramLabel = "OLD", description = "the file in use")
    String before = "";

    @Parameters(index = "1", paramLabel = "NEW", description = "the file to be")
    String after = "";

    DiffCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        Loaded old = load(before);
        Loaded wanted = load(after);
        if (old == null || wanted == null) {
            return ExitCode.USAGE;
        }
        List<Diff.Change> changes = Diff.between(old, wanted);
        changes.forEach(streams.out()::println);
        if (changes.isEmpty()) {
            streams.out().println("no difference");
        }
        return ExitCode.DONE;
    }

    private @org.jspecify.annotations.Nullable Loaded load(String file) {
        return CheckCommand.loadOrTell(
                new ConfigurationSource(file, null, List.of(), System.getenv()), streams);
    }
}
