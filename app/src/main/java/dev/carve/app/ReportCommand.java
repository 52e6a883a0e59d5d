package dev.carve.app;

import dev.carve.app.CommandLineTree.Streams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code carve report}: the evidence on one carve, as Markdown. */
@Command(
        name = "report",
        description =
                "Writes what is known of a carved route as Markdown: figures, verdicts, changes,"
                        + " where answers differ, with examples, and what was not compared.",
        mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {

    private final Streams streams;

    @Mixin AdminOptions admin = new AdminOptions();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "where it goes, over what is there (default: printed)")
    @Nullable Path out;

    @Option(names = "--json", description = "what the gateway answers, for programs")
    boolean json;

    @Parameters(index = "0", paramLabel = "ROUTE", description = "its name in the file")
    String route = "";

    ReportCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<String> lines;
        try (AdminClient client = admin.client()) {
            AdminClient.Reply reply = client.read("route_evidence", Map.of("route", route));
            lines = json ? List.of(reply.text().strip()) : EvidenceText.lines(reply.tree());
        }
        if (out == null) {
            lines.forEach(streams.out()::println);
            return ExitCode.DONE;
        }
        try {
            Files.write(out, lines);
            return ExitCode.DONE;
        } catch (IOException failed) {
            streams.err().println("carve: --out: " + failed);
            return ExitCode.FAILED;
        }
    }
}
