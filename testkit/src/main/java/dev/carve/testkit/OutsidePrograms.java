package dev.carve.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Programs that are not part of the build and that some tests run where they are found. */
public final class OutsidePrograms {

    /** The variable under which a missing program fails a test instead of skipping it. */
    public static final String REQUIRE_ALL = "CARVE_REQUIRE_ALL";

    private static final List<String> BESIDE_PATH =
            List.of("/usr/sbin", "/usr/local/sbin", "/sbin", "/opt/homebrew/bin");

    private OutsidePrograms() {}

    /** The program of that name on the PATH or in the system's folders for servers. */
    public static Optional<Path> find(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(
                        Stream.of(path.split(File.pathSeparator)).filter(p -> !p.isEmpty()),
                        BESIDE_PATH.stream())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * The program of that name, for a test that cannot run without it: where it is missing the test
     * is skipped with a message that names it, or fails under {@code CARVE_REQUIRE_ALL=1}.
     */
    public static Path require(String name) {
        return require(name, find(name), "1".equals(System.getenv(REQUIRE_ALL)));
    }

    static Path require(String name, Optional<Path> found, boolean requireAll) {
        if (found.isPresent()) {
            return found.get();
        }
        String message = "outside program \"" + name + "\" not found on PATH";
        if (requireAll) {
            throw new AssertionError(message + " (" + REQUIRE_ALL + "=1 demands it)");
        }
        return Assumptions.abort("skipped: " + message);
    }
}
