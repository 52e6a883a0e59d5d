package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.config.Loaded;
import dev.carve.config.Renderer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code carve render}: the whole configuration as it takes effect. */
@Command(
        name = "render",
        description = "Prints the configuration with all defaults; no secrets.",
        mixinStandardHelpOptions = true)
final class RenderCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin ConfigurationOptions configuration = new ConfigurationOptions();

    @Option(names = "--origins", description = "say beside each value where it comes from")
    boolean origins;

    RenderCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        Loaded loaded = CheckCommand.loadOrTell(configuration.source(), streams);
        if (loaded == null) {
            return ExitCode.USAGE;
        }
        streams.out().print(origins ? Renderer.renderWithOrigins(loaded) : Renderer.render(loaded));
        return ExitCode.DONE;
    }
}
