package dev.carve.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checkout that the tests run in. */
public final class Project {

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    private Project() {}

    /**
     * The folder that holds {@code mvnw}; Surefire runs a module's tests in the module's folder.
     */
    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException(
                        Path.of("").toAbsolutePath() + ": not inside a checkout (expected: mvnw)");
            }
            folder = parent;
        }
        return folder;
    }

    /**
     * The folders of the modules, as the parent pom lists them, such as {@code examples/monolith}.
     */
    static List<String> modules() throws IOException {
        List<String> modules = new ArrayList<>();
        Matcher matcher = MODULE.matcher(Files.readString(root().resolve("pom.xml")));
        while (matcher.find()) {
            modules.add(matcher.group(1));
        }
        return modules;
    }
}
