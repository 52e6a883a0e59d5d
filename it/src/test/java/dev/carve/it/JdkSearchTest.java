package dev.carve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code scripts/jdk.sh} finds a JDK, on a file system made for each test. */
class JdkSearchTest {

    /**
     * Every place, first looked at first; under the search root unless it begins with {@code ~}.
     */
    private static final List<String> FOLDERS =
            List.of(
                    "usr/lib/jvm/temurin-25-jdk-amd64",
                    "usr/lib64/jvm/java-25-openjdk",
                    "usr/java/jdk-25",
                    "usr/local/java/jdk-25",
                    "usr/local/jdk-25.0.1",
                    "usr/local/openjdk-25",
                    "opt/java/openjdk",
                    "opt/jdk-25.0.1",
                    "opt/openjdk-25",
                    "opt/zulu-jdk25",
                    "~/.sdkman/candidates/java/25.0.1-tem",
                    "~/.jdks/temurin-25",
                    "~/.asdf/installs/java/temurin-25",
                    "~/.local/share/mise/installs/java/temurin-25",
                    "~/.m2/jdks/jdk-25",
                    "Library/Java/JavaVirtualMachines/temurin-25.jdk/Contents/Home",
                    "~/Library/Java/JavaVirtualMachines/corretto-25/Contents/Home",
                    "opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home",
                    "usr/local/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home",
                    "home/linuxbrew/.linuxbrew/opt/openjdk@25/libexec");

    @TempDir Path temp = Path.of("");

    private Path root = temp;
    private Path home = temp;
    private Path tools = temp;
    private final Map<String, String> environment = new TreeMap<>();

    @BeforeEach
    void makeAnEmptyMachine() throws IOException {
        root = Files.createDirectories(temp.resolve("a root"));
        home = Files.createDirectories(temp.resolve("a home"));
        tools = Files.createDirectories(temp.resolve("tools"));
        for (String tool : List.of("uname", "readlink")) {
            Path usr = Path.of("/usr/bin", tool);
            FakeJdk.program(
                    tools.resolve(tool),
                    "exec " + (Files.exists(usr) ? usr : Path.of("/bin", tool)) + " \"$@\"");
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", home.toString());
        environment.put("CARVE_JDK_SEARCH_ROOT", root.toString());
    }

    @Test
    void placesAreLookedAtInTheirOrder() throws Exception {
        Map<String, Path> places = new LinkedHashMap<>();
        for (String variable :
                List.of("CARVE_JAVA_HOME", "JAVA_HOME", "JAVA25_HOME", "JAVA_HOME_25_X64")) {
            places.put(variable, FakeJdk.jdk(temp.resolve("by " + variable), "25.0.1"));
            environment.put(variable, places.get(variable).toString());
        }
        places.put("PATH", FakeJdk.jdk(temp.resolve("by path"), "25.0.1"));
        Files.createSymbolicLink(tools.resolve("java"), temp.resolve("by path/bin/java"));
        for (String folder : FOLDERS) {
            places.put(folder, FakeJdk.jdk(folder(folder), "25.0.1"));
        }

        for (Map.Entry<String, Path> place : places.entrySet()) {
            assertThat(find("javac").out()).isEqualTo(place.getValue() + "\n");
            environment.remove(place.getKey().equals("PATH") ? "" : place.getKey());
            Files.delete(place.getValue().resolve("release"));
        }
        assertThat(find("javac").status()).isEqualTo(2);
    }

    @Test
    void olderOnesArePassedOver() throws Exception {
        environment.put("JAVA_HOME", FakeJdk.jdk(temp.resolve("seventeen"), "17.0.15").toString());
        FakeJdk.jdk(root.resolve("usr/lib/jvm/a-21"), "21.0.7");
        FakeJdk.jdk(root.resolve("usr/lib/jvm/b-8"), "1.8.0_452");
        Path newest = FakeJdk.jdk(root.resolve("usr/lib/jvm/c-26"), "26-ea");

        assertThat(find("javac").out()).isEqualTo(newest + "\n");
    }

    @Test
    void anImageWithoutACompilerRunsButDoesNotBuild() throws Exception {
        Path image = FakeJdk.runtimeImage(root.resolve("usr/lib/jvm/a-25-jre"), "25.0.3");
        Path jdk = FakeJdk.jdk(root.resolve("usr/lib/jvm/b-25"), "25.0.3");

        assertThat(find("java").out()).isEqualTo(image + "\n");
        assertThat(find("javac").out()).isEqualTo(jdk + "\n");
    }

    @Test
    void javaOnThePathIsFollowedThroughItsLinks() throws Exception {
        Path jdk = FakeJdk.jdk(temp.resolve("far away/jdk"), "25");
        Files.createDirectories(root.resolve("alternatives"));
        Files.createSymbolicLink(root.resolve("alternatives/java"), jdk.resolve("bin/java"));
        Files.createSymbolicLink(tools.resolve("java"), Path.of("../a root/alternatives/java"));

        assertThat(find("javac").out()).isEqualTo(jdk + "\n");
    }

    @Test
    void releaseFileMayLackQuotesAndTheLastNewline() throws Exception {
        Path jdk = FakeJdk.jdk(root.resolve("usr/lib/jvm/plain"), "25");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=25.0.2");

        assertThat(find("javac").out()).isEqualTo(jdk + "\n");
    }

    @Test
    void withoutAnyTheMessageSaysWhatToInstallAndWhatWasFound() throws Exception {
        Path seventeen = FakeJdk.jdk(root.resolve("usr/lib/jvm/java-17"), "17.0.15");
        Path image = FakeJdk.runtimeImage(root.resolve("usr/lib/jvm/java-25-jre"), "25.0.3");

        Shell.Result result = find("javac");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .startsWith("carve: no JDK 25 or newer found; Carve builds and runs with one.")
                .contains("sdk install java", "https://adoptium.net/temurin/releases/?version=25")
                .contains("CARVE_JAVA_HOME")
                .contains("  " + seventeen + " (Java 17)\n")
                .contains("  " + image + " (Java 25 without javac)\n");
    }

    @Test
    void whatIsSetForCarveAloneIsNotPassedOver() throws Exception {
        FakeJdk.jdk(root.resolve("usr/lib/jvm/good"), "25.0.3");
        Path old = FakeJdk.jdk(temp.resolve("old"), "21.0.7");
        environment.put("CARVE_JAVA_HOME", old.toString());

        Shell.Result result = find("javac");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err())
                .isEqualTo(
                        "carve: CARVE_JAVA_HOME: \"%s\" holds Java 21 (expected: the folder of a JDK 25 or newer)\n"
                                .formatted(old));
    }

    private Path folder(String place) {
        return place.startsWith("~/") ? home.resolve(place.substring(2)) : root.resolve(place);
    }

    private Shell.Result find(String need) throws IOException, InterruptedException {
        String script =
                """
                set -eu
                . "$1/scripts/jdk.sh"
                find_jdk "$2" || exit
                printf '%s\\n' "$JAVA_HOME"
                """;
        return Shell.run(
                temp,
                environment,
                List.of("/bin/sh", "-c", script, "sh", Project.root().toString(), need));
    }
}
