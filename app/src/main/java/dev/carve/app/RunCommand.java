package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code carve run}, when {@link RunOptions#readPlain} left it. */
@Command(name = "run", description = "Runs the gateway.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin ConfigurationOptions configuration = new ConfigurationOptions();

    @Option(names = "--watch", description = "load the file again whenever it changes")
    boolean watch;

    RunCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        return new Running(streams.out(), streams.err())
                .run(new RunOptions(configuration.source(), watch));
    }
}
