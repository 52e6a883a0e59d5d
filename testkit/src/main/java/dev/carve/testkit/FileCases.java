package dev.carve.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;

/**
 * Cases that are files: each folder holds a {@code carve.yaml} and what comes out of it, {@code
 * diagnostics}, or {@code rendered}, or both where there are warnings. Written anew with {@code
 * -Dcarve.cases.write=true}. Stateless.
 */
public final class FileCases {

    private FileCases() {}

    /**
     * What comes out of a file; empty texts for nothing.
     *
     * @param diagnostics a line for each, without the folder
     * @param rendered what is at stake of the configuration with all its defaults
     */
    public record Outcome(String diagnostics, String rendered) {}

    /** Loads a {@code carve.yaml}. */
    public interface Loading {
        /** What comes out of that file. */
        Outcome of(Path file) throws IOException;
    }

    /**
     * A test for each folder.
     *
     * @param least how many there are at least, so that a wrong path is no success
     */
    public static Stream<DynamicTest> in(Path cases, int least, Loading loading)
            throws IOException {
        List<Path> folders;
        try (Stream<Path> found = Files.list(cases)) {
            folders = found.sorted().toList();
        }
        Assertions.assertTrue(
                folders.size() >= least,
                () ->
                        folders.size()
                                + " cases in "
                                + cases
                                + " (expected: at least "
                                + least
                                + ")");
        return folders.stream()
                .map(folder ->
                        DynamicTest.dynamicTest(
                                folder.getFileName().toString(), () -> run(folder, loading)));
    }

    private static void run(Path folder, Loading loading) throws IOException {
        Outcome outcome = loading.of(folder.resolve("carve.yaml"));
        if (Boolean.getBoolean("carve.cases.write")) {
            write(folder.resolve("diagnostics"), outcome.diagnostics());
            write(folder.resolve("rendered"), outcome.rendered());
        }
        Assertions.assertEquals(text(folder.resolve("diagnostics")), outcome.diagnostics());
        Assertions.assertEquals(text(folder.resolve("rendered")), outcome.rendered());
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
