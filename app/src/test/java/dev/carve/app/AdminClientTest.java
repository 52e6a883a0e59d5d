package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.Ports;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a command says when the other end is not as hoped. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AdminClientTest {

    private static final String REFUSAL =
            "{\"error\":\"token_required\",\"message\":\"send Authorization here\"}";

    @TempDir Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int carve(String... arguments) {
        return Main.run(
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static String at(int port) {
        return "127.0.0.1:" + port;
    }

    private static ScriptedUpstream refusing() {
        return ScriptedUpstream.start(
                Script.perRequest(new Step.RespondText(401, List.of(), REFUSAL)));
    }

    @Test
    void nobodyThereIsToldWithAddressAndReason() {
        try (Ports.Held nobody = Ports.refusing()) {
            String address = at(nobody.port());
            for (String command : List.of("status", "routes", "reload")) {
                err.reset();
                assertThat(carve(command, "--admin", address)).as(command).isEqualTo(1);
                assertThat(err())
                        .startsWith(
                                "carve: no gateway answers at "
                                        + address
                                        + " (--admin): connection refused (expected: ");
            }
        }
    }

    @Test
    void diffHasACodeOfItsOwnForTrouble() throws Exception {
        Path file = Files.writeString(folder.resolve("new.yaml"), "services: {}\n");
        try (Ports.Held nobody = Ports.refusing()) {
            assertThat(carve("diff", file.toString(), "--admin", at(nobody.port()))).isEqualTo(2);
            assertThat(err()).contains("connection refused");
        }
    }

    @Test
    void nameThatNobodyKnowsIsToldAsThat() {
        assertThat(carve("status", "--admin", "no-such-host.invalid:9900")).isEqualTo(1);
        assertThat(err()).contains("no-such-host.invalid:9900 (--admin): unknown host");
    }

    @Test
    void refusedTokenIsToldByWhereItCameFromAndNotShown() throws Exception {
        try (ScriptedUpstream listener = refusing()) {
            assertThat(carve("status", "--admin", at(listener.port()), "--token", "s3cret-flag"))
                    .isEqualTo(1);
            assertThat(err())
                    .contains("refuses (401 token_required): send Authorization here")
                    .contains("the token of --token was sent")
                    .doesNotContain("s3cret");
            assertThat(listener.awaitRequests(1).getFirst().head().first("Authorization"))
                    .contains("Bearer s3cret-flag");

            err.reset();
            Path file =
                    Files.writeString(folder.resolve("own.yaml"), "admin: {token: s3cret-file}\n");
            assertThat(carve("reload", "--admin", at(listener.port()), "--config", file.toString()))
                    .isEqualTo(1);
            assertThat(err())
                    .contains("the token of " + file + " was sent")
                    .doesNotContain("s3cret");

            err.reset();
            Path without = Files.writeString(folder.resolve("without.yaml"), "admin: 9900\n");
            assertThat(
                            carve(
                                    "routes",
                                    "--admin",
                                    at(listener.port()),
                                    "--config",
                                    without.toString()))
                    .isEqualTo(1);
            assertThat(err())
                    .contains("no token was sent: there is neither --token nor admin.token in ")
                    .contains("without.yaml");
        }
    }

    @Test
    void listenerThatIsNoGatewaysIsToldAsThat() {
        try (ScriptedUpstream other =
                ScriptedUpstream.start(
                        Script.perRequest(new Step.RespondText(404, List.of(), "<html>")))) {
            assertThat(carve("status", "--admin", at(other.port()))).isEqualTo(1);
            assertThat(err()).contains("answers 404 but not as a gateway's admin listener does");
        }
    }

    @Test
    void whatOnlyATerminalCanShowIsRefusedElsewhere() {
        assertThat(carve("status", "--watch", "--admin", "127.0.0.1:1", "--token", "t"))
                .isEqualTo(2);
        assertThat(err()).contains("--watch needs a terminal");
    }
}
