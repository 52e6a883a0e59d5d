package dev.carve.it.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code carve run --watch}: whatever way a file changes, it is loaded; a wrong one is told. */
@Timeout(120)
class WatchTest {

    private static final Duration WITHIN = Duration.ofSeconds(20);

    @TempDir Path temp = Path.of("");

    private GatewayProcess watching(String file) throws IOException {
        return GatewayProcess.start(temp, file, List.of("--watch"));
    }

    @Test
    void fileWrittenInPlaceIsLoaded() throws Exception {
        try (var gateway = watching(number(1))) {
            assertThat(answer(gateway)).isEqualTo("number 1");
            gateway.overwrite(number(22));
            awaitAnswer(gateway, "number 22");
            gateway.overwrite(number(333));
            awaitAnswer(gateway, "number 333");
        }
    }

    /** As most editors save: a new file takes the old one's name in one step. */
    @Test
    void fileReplacedByAnotherIsLoaded() throws Exception {
        try (var gateway = watching(number(1))) {
            gateway.rewrite(number(22));
            awaitAnswer(gateway, "number 22");
            gateway.rewrite(number(333));
            awaitAnswer(gateway, "number 333");
        }
    }

    /** As a deployment may leave it that sets all times alike. */
    @Test
    void fileReplacedByOneOfEqualSizeAndTimeIsLoaded() throws Exception {
        try (var gateway = watching(number(1))) {
            Path file = temp.resolve("carve.yaml");
            FileTime time = Files.getLastModifiedTime(file);
            Path next = temp.resolve("next");
            Files.writeString(next, Files.readString(file).replace("number 1", "number 2"));
            Files.setLastModifiedTime(next, time);
            assertThat(next).hasSize(Files.size(file));
            move(next, file);

            awaitAnswer(gateway, "number 2");
            assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
        }
    }

    /** As Kubernetes changes a mounted ConfigMap: the folder behind a link becomes another. */
    @Test
    void fileBehindALinkThatIsTurnedIsLoaded() throws Exception {
        try (var gateway = watching(number(1))) {
            Path file = temp.resolve("carve.yaml");
            String text = Files.readString(file);
            Path one = Files.createDirectory(temp.resolve("one"));
            Path other = Files.createDirectory(temp.resolve("other"));
            Files.writeString(one.resolve("carve.yaml"), text.replace("number 1", "number 2"));
            Files.writeString(other.resolve("carve.yaml"), text.replace("number 1", "number 3"));
            Path data = Files.createSymbolicLink(temp.resolve("data"), one);
            move(Files.createSymbolicLink(temp.resolve("link"), data.resolve("carve.yaml")), file);
            awaitAnswer(gateway, "number 2");

            move(Files.createSymbolicLink(temp.resolve("data.next"), other), data);

            awaitAnswer(gateway, "number 3");
        }
    }

    @Test
    void wrongFileIsToldWithItsPlaceAndChangesNothing() throws Exception {
        try (var gateway = watching(number(1));
                var kept = RawClient.connect(gateway.port())) {
            assertThat(answer(kept)).isEqualTo("number 1");
            gateway.overwrite(number(2) + "unknown: 1\n");
            awaitRefusals(gateway, 1);

            Await.until(
                    "the mistake to be told",
                    () -> gateway.errors().contains("carve.yaml:4:1: unknown"));
            assertThat(gateway.errors()).contains("configuration not reloaded");
            assertThat(answer(kept)).isEqualTo("number 1");
            assertThat(answer(gateway)).isEqualTo("number 1");

            gateway.overwrite(number(3));
            awaitAnswer(gateway, "number 3");
            assertThat(answer(kept)).isEqualTo("number 3");
            assertThat(gateway.scrape().count("carve_config_loads_total", "result=\"rejected\""))
                    .isEqualTo(1); // It is told once, not at each look.
        }
    }

    @Test
    void fileThatIsGoneIsToldAndLoadedOnceItIsBack() throws Exception {
        try (var gateway = watching(number(1))) {
            Files.delete(temp.resolve("carve.yaml"));
            awaitRefusals(gateway, 1);
            assertThat(answer(gateway)).isEqualTo("number 1");

            gateway.rewrite(number(2));
            awaitAnswer(gateway, "number 2");
        }
    }

    @Test
    void mistakeInANewIncludedFileIsMendedThere() throws Exception {
        Path routes = Files.createDirectory(temp.resolve("routes"));
        try (var gateway = watching("include: routes/*.yaml\n" + number(1))) {
            assertThat(answer(gateway)).isEqualTo("number 1");
            Path team = routes.resolve("team.yaml");
            Files.writeString(team, "routes: [{ match: GET /number, respond: { bdy: mended } }]\n");
            awaitRefusals(gateway, 1);
            Await.until("the mistake to be told", () -> gateway.errors().contains("team.yaml:1:"));

            Files.writeString(
                    team, "routes: [{ match: GET /number, respond: { body: mended } }]\n");

            awaitAnswer(gateway, "mended");
        }
    }

    private static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String number(int number) {
        return "routes: [{ match: /number, respond: { body: \"number %d\" } }]\n".formatted(number);
    }

    private static String answer(GatewayProcess gateway) throws IOException {
        try (var client = RawClient.connect(gateway.port())) {
            return answer(client);
        }
    }

    private static String answer(RawClient client) throws IOException {
        return client.send("GET /number HTTP/1.1\r\nHost: h\r\n\r\n").read().bodyText();
    }

    private static void awaitAnswer(GatewayProcess gateway, String text) {
        Await.until(
                "\"" + text + "\"",
                WITHIN,
                () -> {
                    try {
                        return answer(gateway).equals(text);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                gateway::errors);
    }

    private static void awaitRefusals(GatewayProcess gateway, int count) {
        Await.until(
                count + " refusals",
                WITHIN,
                () -> {
                    try {
                        return gateway.scrape()
                                        .count("carve_config_loads_total", "result=\"rejected\"")
                                == count;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                gateway::errors);
    }
}
