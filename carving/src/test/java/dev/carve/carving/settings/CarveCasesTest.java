package dev.carve.carving.settings;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each folder under {@code resources/carves} holds a {@code carve.yaml} and what comes out of it:
 * {@code diagnostics}, or {@code rendered}, or both where there are warnings. Written anew with
 * {@code -Dcarve.cases.write=true}.
 */
class CarveCasesTest {

    private static final Path CASES = Path.of("src/test/resources/carves");
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
        List<Path> folders;
        try (Stream<Path> found = Files.list(CASES)) {
            folders = found.sorted().toList();
        }
        assertThat(folders).hasSizeGreaterThanOrEqualTo(5);
        return folders.stream()
                .map(each ->
                        DynamicTest.dynamicTest(each.getFileName().toString(), () -> run(each)));
    }

    private static void run(Path folder) throws IOException {
        LoadResult result =
                LOADER.load(Source.file(folder.resolve("carve.yaml")), Map.of(), List.of());
        List<Diagnostic> told =
                switch (result) {
                    case Rejected(List<Diagnostic> diagnostics) -> diagnostics;
                    case Loaded loaded -> loaded.warnings();
                };
        String diagnostics =
                told.stream()
                        .map(each -> each.toString().replace(folder + "/", "") + "\n")
                        .collect(Collectors.joining());
        String rendered = result instanceof Loaded loaded ? carves(Renderer.render(loaded)) : "";
        if (Boolean.getBoolean("carve.cases.write")) {
            write(folder.resolve("diagnostics"), diagnostics);
            write(folder.resolve("rendered"), rendered);
        }
        assertThat(diagnostics).isEqualTo(text(folder.resolve("diagnostics")));
        assertThat(rendered).isEqualTo(text(folder.resolve("rendered")));
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

    private static String text(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static void write(Path file, String text) throws IOException {
        if (text.isEmpty()) {
            Files.deleteIfExists(file);
        } else {
            Files.writeString(file, text);
        }
    }
}
