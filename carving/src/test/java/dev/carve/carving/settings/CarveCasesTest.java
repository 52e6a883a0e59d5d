package dev.carve.carving.settings;

import dev.carve.config.Diagnostic;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Loader;
import dev.carve.config.Registration;
import dev.carve.config.Rejected;
import dev.carve.config.Renderer;
import dev.carve.config.Schema;
import dev.carve.config.Source;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.gateway.settings.GatewayChecks;
import dev.carve.testkit.FileCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What comes out of the carves of a file, below {@code resources/carves}. */
class CarveCasesTest {

    private static final Loader LOADER =
            Loader.of(Schema.of(blocks()))
                    .withChecks(
                            List.of(
                                    (loaded, diagnostics) ->
                                            GatewayChecks.check(
                                                    loaded,
                                                    diagnostics,
                                                    CarveChecks.services(loaded)),
                                    CarveChecks::check));

    private static List<Registration> blocks() {
        List<Registration> blocks = new ArrayList<>(GatewayBlocks.all());
        blocks.addAll(CarveBlocks.all());
        return blocks;
    }

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        return FileCases.in(Path.of("src/test/resources/carves"), 5, CarveCasesTest::load);
    }

    private static FileCases.Outcome load(Path file) {
        LoadResult result = LOADER.load(Source.file(file), Map.of(), List.of());
        return switch (result) {
            case Rejected(List<Diagnostic> diagnostics) ->
                    new FileCases.Outcome(told(diagnostics, file), "");
            case Loaded loaded ->
                    new FileCases.Outcome(
                            told(loaded.warnings(), file), carves(Renderer.render(loaded)));
        };
    }

    private static String told(List<Diagnostic> diagnostics, Path file) {
        return diagnostics.stream()
                .map(each -> each.toString().replace(file.getParent() + "/", "") + "\n")
                .collect(Collectors.joining());
    }

    /** The blocks that are at stake, so that others may change. */
    private static String carves(String rendered) {
        List<String> kept = new ArrayList<>();
        String within = "";
        for (String line : rendered.lines().toList()) {
            String indent = line.substring(0, line.length() - line.stripLeading().length());
            if (line.startsWith("mirror:") || line.startsWith("    carve:")) {
                within = indent + " ";
                kept.add(line);
            } else if (!within.isEmpty() && line.startsWith(within)) {
                kept.add(line);
            } else {
                within = "";
            }
        }
        return kept.stream().collect(Collectors.joining("\n", "", "\n"));
    }
}
