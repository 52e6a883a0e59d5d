package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.config.Diagnostic;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Rejected;
import dev.carve.gateway.settings.GatewayBlocks;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code carve check}: every problem of a configuration, and nothing started. */
@Command(
        name = "check",
        description = "Validates the configuration and tells every problem.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin ConfigurationOptions configuration = new ConfigurationOptions();

    CheckCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        Loaded loaded = loadOrTell(configuration.source(), streams);
        if (loaded == null) {
            return ExitCode.USAGE;
        }
        int routes = loaded.value(GatewayBlocks.ROUTES).size();
        int services = loaded.value(GatewayBlocks.SERVICES).size();
        int warnings = loaded.warnings().size();
        streams.out()
                .println(
                        "ok: "
                                + counted(routes, "route")
                                + ", "
                                + counted(services, "service")
                                + (warnings == 0 ? "" : ", " + counted(warnings, "warning")));
        return ExitCode.DONE;
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** The configuration; null when it was rejected. Problems and warnings have been told. */
    static @Nullable Loaded loadOrTell(ConfigurationSource source, Streams streams) {
        LoadResult result = source.load();
        List<Diagnostic> told =
                switch (result) {
                    case Loaded loaded -> loaded.warnings();
                    case Rejected(List<Diagnostic> problems) -> problems;
                };
        told.forEach(streams.err()::println);
        return result instanceof Loaded loaded ? loaded : null;
    }
}
