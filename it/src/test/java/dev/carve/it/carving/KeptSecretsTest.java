package dev.carve.it.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.Field;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of answers that differ holds nothing that the file calls a secret. */
@Timeout(60)
class KeptSecretsTest {

    @TempDir private Path folder = Path.of("");

    private static Script answering(String json) {
        return Script.perRequest(
                new Step.RespondText(
                        200, List.of(new Field("Content-Type", "application/json")), json));
    }

    private static List<String> kept(Path store) {
        try {
            return StoreFile.differences(store);
        } catch (SQLException notYet) {
            return List.of();
        }
    }

    @Test
    void pathsThatTheFileNamesAreKeptOut() throws Exception {
        Path store = folder.resolve("carve.db");
        try (var old = ScriptedUpstream.start(answering("{\"pin\":\"1234\",\"total\":1}"));
                var fresh = ScriptedUpstream.start(answering("{\"pin\":\"5678\",\"total\":2}"));
                GatewayProcess gateway =
                        GatewayProcess.start(
                                folder,
                                Shop.carved(
                                        store,
                                        old.port(),
                                        fresh.port(),
                                        "mirror: 100%",
                                        "noise: 0%",
                                        "compare: { secrets: [/pin] }"));
                RawClient client = RawClient.connect(gateway.port())) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read();
            Await.until(
                    "the difference to be kept",
                    Duration.ofSeconds(20),
                    () -> !kept(store).isEmpty(),
                    gateway::errors);
            assertThat(kept(store))
                    .containsExactly("{\"pin\":\"***\",\"total\":1} {\"pin\":\"***\",\"total\":2}");
        }
    }
}
