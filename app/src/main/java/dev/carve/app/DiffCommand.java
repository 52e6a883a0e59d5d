package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.app.terminal.Look;
import dev.carve.app.terminal.Paint;
import dev.carve.config.Diff;
import dev.carve.config.Loaded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carve diff}: what a new file would change. */
@Command(
        name = "diff",
        description = {
            "Tells what a reload would change: a file against the configuration that the running"
                    + " gateway uses, by value and with all defaults.",
            "The file is read as the gateway would read it: its flags and CARVE_ variables count,"
                    + " but what $${NAME} stands for is taken from here. Secrets are never shown; a"
                    + " changed one is told as changed. With two files no gateway is asked.",
            "Exit codes, as those of diff: 0 no difference, 1 differences, 2 trouble."
        },
        mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {

    private static final int SAME = 0;
    private static final int DIFFERENT = 1;
    private static final int TROUBLE = 2;

    private final Streams streams;

    @Mixin AdminListenerOptions admin = new AdminListenerOptions();

    @Option(
            names = "--config",
            paramLabel = "NEW",
            description = "the file to be (default: carve.yaml)")
    @Nullable String config;

    @Option(names = "--json", description = "the result for programs")
    boolean json;

    @Parameters(
            arity = "0..2",
            paramLabel = "FILE",
            description = "the file to be; or two files, the one in use first")
    List<String> files = new ArrayList<>();

    DiffCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (config != null && !files.isEmpty()) {
            throw new UsageException(
                    "--config names the file to be; beside it no other is taken (expected: one of"
                            + " both)");
        }
        if (files.size() == 2) {
            return ofFiles(files.getFirst(), files.getLast());
        }
        return ofRunning(files.isEmpty() ? config : files.getFirst());
    }

    private int ofRunning(@Nullable String file) throws InterruptedException {
        try (AdminClient client = admin.client(file)) {
            RunningConfiguration running = RunningConfiguration.ask(client);
            Loaded wanted = CheckCommand.loadOrTell(running.source(file, System.getenv()), streams);
            return wanted == null ? TROUBLE : tell(running.compare(wanted));
        }
    }

    private int ofFiles(String before, String after) {
        Loaded old = load(before);
        Loaded wanted = load(after);
        if (old == null || wanted == null) {
            return TROUBLE;
        }
        return tell(new RunningDiff(old, wanted, Diff.between(old, wanted), Map.of()));
    }

    private @Nullable Loaded load(String file) {
        return CheckCommand.loadOrTell(
                new ConfigurationSource(file, null, List.of(), System.getenv()), streams);
    }

    private int tell(RunningDiff diff) {
        boolean same = diff.changes().isEmpty();
        List<String> plan = same ? List.of() : ReloadPlan.of(diff.before(), diff.after());
        if (json) {
            streams.out().println(DiffJson.of(diff.changes(), plan, diff.fixed()));
            return same ? SAME : DIFFERENT;
        }
        Look look = Look.of(streams.out(), System.getenv());
        if (same) {
            streams.out().println("no difference");
        }
        new DiffText(look, diff.before(), diff.after())
                .lines(diff.changes())
                .forEach(streams.out()::println);
        if (!plan.isEmpty()) {
            streams.out().println();
            streams.out().println(look.paint(Paint.BOLD, "a reload"));
            plan.forEach(each -> streams.out().println("  " + each));
        }
        if (!diff.fixed().isEmpty()) {
            streams.out().println();
            streams.out().println(look.paint(Paint.DIM, "fixed there, whatever the file says:"));
            diff.fixed()
                    .forEach((path, by) ->
                            streams.out()
                                    .println(look.paint(Paint.DIM, "  " + path + " by " + by)));
        }
        return same ? SAME : DIFFERENT;
    }
}
