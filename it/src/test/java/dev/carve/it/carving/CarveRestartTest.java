package dev.carve.it.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That a carve goes on where it was, however its gateway ended. */
@Timeout(90)
class CarveRestartTest {

    @TempDir private Path folder = Path.of("");

    private static Script answering(String text) {
        return Script.perRequest(new Step.RespondText(200, List.of(), text));
    }

    private String file(ScriptedUpstream old, ScriptedUpstream fresh) {
        return """
        store: "%s"
        services: { old: "http://127.0.0.1:%d", fresh: "http://127.0.0.1:%d" }
        routes:
          - match: /
            name: shop
            to: old
            carve:
              to: fresh
              shift: { steps: [50%%, 100%%], every: 1h, sticky: "header:x-user" }
        """
                .formatted(folder.resolve("carve.db"), old.port(), fresh.port());
    }

    private static String get(GatewayProcess gateway, String user) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.send("GET / HTTP/1.1\r\nHost: h\r\nX-User: " + user + "\r\n\r\n")
                    .read()
                    .bodyText();
        }
    }

    private static String who(GatewayProcess gateway) throws IOException {
        StringBuilder who = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            who.append(get(gateway, "user" + i)).append(' ');
        }
        return who.toString();
    }

    private static void approve(GatewayProcess gateway) throws IOException {
        RawResponse answer = gateway.admin("POST", "/api/route_approve?route=shop");
        assertThat(answer.status()).as(answer.bodyText()).isEqualTo(200);
    }

    private void awaitKept(GatewayProcess gateway, String state) {
        StoreFile.awaitState(folder.resolve("carve.db"), state, gateway::errors);
    }

    @Test
    void whoIsAtTheNewSideIsThereAfterTheGatewayWasKilled() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"))) {
            String before;
            try (GatewayProcess gateway = GatewayProcess.start(folder, file(old, fresh))) {
                assertThat(who(gateway)).doesNotContain("new");
                approve(gateway);
                before = who(gateway);
                assertThat(before).contains("new").contains("old");
                awaitKept(gateway, "shift 5000");
                gateway.signal("KILL");
                gateway.awaitExit(Duration.ofSeconds(10));
            }

            try (GatewayProcess gateway = GatewayProcess.start(folder, file(old, fresh))) {
                assertThat(who(gateway)).isEqualTo(before);
                assertThat(gateway.admin("/api/carves").bodyText()).contains("\"shift\"");
            }
        }
    }

    @Test
    void rolledBackStaysSo() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"))) {
            try (GatewayProcess gateway = GatewayProcess.start(folder, file(old, fresh))) {
                approve(gateway);
                assertThat(gateway.admin("POST", "/api/route_rollback?route=shop").status())
                        .isEqualTo(200);
                awaitKept(gateway, "rolled_back 0");
                gateway.terminate();
                assertThat(gateway.awaitExit(Duration.ofSeconds(20))).isZero();
            }

            try (GatewayProcess gateway = GatewayProcess.start(folder, file(old, fresh))) {
                assertThat(gateway.admin("/api/carves").bodyText()).contains("\"rolled_back\"");
                assertThat(who(gateway)).doesNotContain("new");
            }
        }
    }

    @Test
    void storeThatCanNotBeUsedKeepsNoClientWaiting() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"))) {
            String broken = file(old, fresh).replace("carve.db", "no/such/folder/carve.db");
            try (GatewayProcess gateway = GatewayProcess.start(folder, broken)) {
                assertThat(who(gateway)).doesNotContain("new");
                // Nobody knows where it stood: it stays at the old side.
                RawResponse answer = gateway.admin("POST", "/api/route_approve?route=shop");
                assertThat(answer.status()).as(answer.bodyText()).isEqualTo(409);
                assertThat(who(gateway)).doesNotContain("new");
                assertThat(gateway.admin("POST", "/api/rollback_all").status()).isEqualTo(200);
                assertThat(who(gateway)).doesNotContain("new");
            }
        }
    }
}
