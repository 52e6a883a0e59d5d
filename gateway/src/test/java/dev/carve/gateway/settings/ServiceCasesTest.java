package dev.carve.gateway.settings;

import dev.carve.config.Diagnostic;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Loader;
import dev.carve.config.Rejected;
import dev.carve.config.Renderer;
import dev.carve.config.Schema;
import dev.carve.config.Source;
import dev.carve.testkit.FileCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What comes out of the services of a file, below {@code resources/services}. */
class ServiceCasesTest {

    private static final Loader LOADER =
            Loader.of(Schema.of(GatewayBlocks.all())).withChecks(List.of(GatewayChecks::check));

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        return FileCases.in(Path.of("src/test/resources/services"), 5, ServiceCasesTest::load);
    }

    private static FileCases.Outcome load(Path file) {
        LoadResult result = LOADER.load(Source.file(file), Map.of(), List.of());
        return switch (result) {
            case Rejected(List<Diagnostic> diagnostics) ->
                    new FileCases.Outcome(told(diagnostics, file), "");
            case Loaded loaded ->
                    new FileCases.Outcome(
                            told(loaded.warnings(), file), services(Renderer.render(loaded)));
        };
    }

    private static String told(List<Diagnostic> diagnostics, Path file) {
        return diagnostics.stream()
                .map(each -> each.toString().replace(file.getParent() + "/", "") + "\n")
                .collect(Collectors.joining());
    }

    /** The block that is at stake, so that other blocks may change. */
    private static String services(String rendered) {
        return rendered.lines()
                .dropWhile(line -> !line.startsWith("services:"))
                .takeWhile(line -> line.startsWith("services:") || line.startsWith(" "))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
