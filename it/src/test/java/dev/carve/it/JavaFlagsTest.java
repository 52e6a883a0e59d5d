package dev.carve.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code scripts/java.flags} on the JVM that runs the tests. With {@code AOTMode=on} a JVM that
 * cannot use its cache ends, where it would otherwise start slowly and say nothing.
 */
class JavaFlagsTest {

    @TempDir Path temp = Path.of("");

    private Path cache = temp;

    @BeforeEach
    void makeACache() throws Exception {
        cache = temp.resolve("a cache.aot");
        Path recorded = temp.resolve("recorded");
        assertThat(
                        java(
                                        "-Xmx256m",
                                        "-XX:AOTMode=record",
                                        "-XX:AOTConfiguration=" + recorded,
                                        "-version")
                                .status())
                .isZero();
        assertThat(
                        java(
                                        "-Xmx256m",
                                        "-XX:AOTMode=create",
                                        "-XX:AOTConfiguration=" + recorded,
                                        "-XX:AOTCache=" + cache)
                                .status())
                .isZero();
    }

    @Test
    void cacheServesEveryHeapThatAGatewayIsGiven() throws Exception {
        for (String heap : List.of("48m", "256m", "4g")) {
            Shell.Result result =
                    java("-Xmx" + heap, "-XX:AOTMode=on", "-XX:AOTCache=" + cache, "-version");

            assertThat(result.status()).as(heap + result.err()).isZero();
        }
    }

    @Test
    void cacheIsLostUnderAnotherObjectHeader() throws Exception {
        Shell.Result result =
                java(
                        "-Xmx256m",
                        "-XX:-UseCompactObjectHeaders",
                        "-XX:AOTMode=on",
                        "-XX:AOTCache=" + cache,
                        "-version");

        assertThat(result.status()).isNotZero();
    }

    @Test
    void warningsOfTheJvmStayOffStandardOutput() throws Exception {
        Shell.Result result =
                java("-XX:-UseCompactObjectHeaders", "-XX:AOTCache=" + cache, "--version");

        assertThat(result.status()).isZero();
        assertThat(result.err()).contains("UseCompactObjectHeaders");
        assertThat(result.out()).startsWith("openjdk").doesNotContain("[warning]");
    }

    private Shell.Result java(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Project.root().resolve("scripts/java.flags"));
        command.add("-cp");
        command.add(aJar());
        command.addAll(List.of(arguments));
        return Shell.run(temp, Map.of(), command);
    }

    /** The cache accepts jars and no folders. */
    private static String aJar() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .findFirst()
                .orElseThrow();
    }
}
