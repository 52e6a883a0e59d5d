package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each folder under {@code resources/cases} holds a {@code carve.yaml}, perhaps further files and
 * {@code environment} (lines NAME=value) and {@code flags} (lines path=value), and what must come
 * out: {@code diagnostics}, or {@code rendered}, or both where there are warnings.
 */
class CasesTest {

    private static final Path CASES = Path.of("src/test/resources/cases");

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        List<Path> folders;
        try (Stream<Path> found = Files.list(CASES)) {
            folders = found.sorted().toList();
        }
        assertThat(folders).hasSizeGreaterThanOrEqualTo(40);
        return folders.stream()
                .map(each ->
                        DynamicTest.dynamicTest(each.getFileName().toString(), () -> run(each)));
    }

    private static void run(Path folder) throws IOException {
        LoadResult result =
                Sample.LOADER.load(
                        Source.file(folder.resolve("carve.yaml")),
                        environment(folder),
                        lines(folder.resolve("flags")));
        List<Diagnostic> told =
                switch (result) {
                    case Rejected(List<Diagnostic> diagnostics) -> diagnostics;
                    case Loaded loaded -> loaded.warnings();
                };
        String diagnostics =
                told.stream()
                        .map(each -> each.toString().replace(folder + "/", "") + "\n")
                        .collect(Collectors.joining());
        String rendered =
                result instanceof Loaded loaded
                        ? Renderer.renderWithOrigins(loaded).replace(folder + "/", "")
                        : "";
        if (Boolean.getBoolean("carve.cases.write")) {
            write(folder.resolve("diagnostics"), diagnostics);
            write(folder.resolve("rendered"), rendered);
        }
        assertThat(diagnostics).isEqualTo(text(folder.resolve("diagnostics")));
        assertThat(rendered).isEqualTo(text(folder.resolve("rendered")));
    }

    private static Map<String, String> environment(Path folder) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (String line : lines(folder.resolve("environment"))) {
            int equals = line.indexOf('=');
            String value = line.substring(equals + 1).replace("FOLDER", folder.toString());
            environment.put(line.substring(0, equals), value);
        }
        return environment;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? new ArrayList<>(Files.readAllLines(file)) : List.of();
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
