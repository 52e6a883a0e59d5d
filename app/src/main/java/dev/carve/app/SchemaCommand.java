package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import dev.carve.config.JsonSchema;
import dev.carve.config.Reference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code carve schema}: what a file may hold, for editors and for people. */
@Command(
        name = "schema",
        description = "Prints the JSON schema of the configuration, for editors.",
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {

    private final Streams streams;

    @Option(names = "--markdown", description = "a reference for people instead")
    boolean markdown;

    SchemaCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        String text =
                markdown
                        ? Reference.markdown(Configuration.SCHEMA)
                        : JsonSchema.of(Configuration.SCHEMA);
        streams.out().print(text.endsWith("\n") ? text : text + "\n");
        return ExitCode.DONE;
    }
}
