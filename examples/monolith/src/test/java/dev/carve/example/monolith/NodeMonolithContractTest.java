package dev.carve.example.monolith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The same contract against {@code examples/monolith-node}. Needs Node and its packages; where they
 * are missing it is skipped, or, if CARVE_REQUIRE_ALL is 1, installed and otherwise failed.
 */
class NodeMonolithContractTest extends ContractTest {

    private static final String LISTENING = "monolith listening on ";
    static final Path FOLDER =
            Path.of(System.getProperty("basedir", "."))
                    .toAbsolutePath()
                    .normalize()
                    .resolveSibling("monolith-node");

    private @Nullable Process process;

    @Override
    URI start() throws Exception {
        require(onPath("node"), "node is not on the PATH");
        if (requireAll() && !Files.isDirectory(FOLDER.resolve("node_modules"))) {
            install();
        }
        require(
                Files.isDirectory(FOLDER.resolve("node_modules")),
                "examples/monolith-node has no node_modules: run npm ci there");
        process =
                new ProcessBuilder(
                                "node",
                                "server.js",
                                "--port",
                                "0",
                                "--rows",
                                Integer.toString(Contract.ROWS),
                                "--cpu-turns",
                                "1000")
                        .directory(FOLDER.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        // Not closed: closing it would break the pipe that the server writes to.
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        assertThat(line).as("what the server prints first").startsWith(LISTENING);
        return URI.create(line.substring(LISTENING.length()));
    }

    /** Asks it to stop and requires that it does so in order. */
    @Override
    void stop() throws Exception {
        if (process == null) {
            return;
        }
        process.destroy();
        boolean ended = process.waitFor(20, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("stops on SIGTERM").isTrue();
        assertThat(process.exitValue()).as("exit status after SIGTERM").isZero();
    }

    private static void install() throws IOException, InterruptedException {
        Process npm =
                new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
                        .directory(FOLDER.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (!npm.waitFor(5, TimeUnit.MINUTES)) {
            npm.destroyForcibly();
        }
        assertThat(npm.waitFor()).as("exit status of npm ci in examples/monolith-node").isZero();
    }

    private static void require(boolean met, String otherwise) {
        if (requireAll()) {
            assertThat(met).as(otherwise).isTrue();
        } else {
            assumeTrue(met, "skipped: " + otherwise);
        }
    }

    private static boolean requireAll() {
        return "1"
                .equals(
                        System.getProperty(
                                "CARVE_REQUIRE_ALL", System.getenv("CARVE_REQUIRE_ALL")));
    }

    private static boolean onPath(String program) {
        String path = System.getenv("PATH");
        return path != null
                && List.of(path.split(File.pathSeparator, -1)).stream()
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
