package dev.carve.it.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.RecordingUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The admin API of a process: who may, what is said of it, and what outlives a reload. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OperateProcessTest {

    @TempDir Path folder = Path.of("");

    private static String file(int port, String more) {
        return """
        threads: {loops: 1}
        services: {users: {urls: ["http://127.0.0.1:%1$d", "http://localhost:%1$d"]}}
        routes: [{match: /, to: users}]
        %2$s
        """
                .formatted(port, more);
    }

    private static RawResponse post(GatewayProcess gateway, String target, String... fields)
            throws IOException {
        try (RawClient client = RawClient.connect(gateway.adminPort())) {
            StringBuilder head = new StringBuilder("POST " + target + " HTTP/1.1\r\n");
            head.append("Host: localhost\r\nContent-Length: 0\r\n");
            for (String each : fields) {
                head.append(each).append("\r\n");
            }
            return client.send(head + "\r\n").read("POST");
        }
    }

    @Test
    void changeLeavesALineThatSaysWhoDidWhat() throws Exception {
        try (var upstream = RecordingUpstream.start();
                var gateway = GatewayProcess.start(folder, file(upstream.port(), ""))) {
            String instance = "127.0.0.1:" + upstream.port();
            RawResponse done =
                    post(
                            gateway,
                            "/api/drain?service=users&instance="
                                    + instance
                                    + "&reason=x%22%20by%3D%2210.9.9.9");
            assertThat(done.status()).isEqualTo(200);
            assertThat(done.bodyText()).contains("now draining");
            post(gateway, "/api/drain?service=nobody&instance=x&by=10.9.9.9");
            Await.until("both lines", () -> gateway.errors().contains("admin call refused"));
            assertThat(gateway.errors().lines().filter(each -> each.contains("admin call")))
                    .satisfiesExactly(
                            well ->
                                    assertThat(well)
                                            .contains(" done by admin call command=\"drain\"")
                                            .contains(" by=\"127.0.0.1\" arguments=\"{instance=")
                                            .contains(
                                                    "reason=x\\\" by=\\\"10.9.9.9, service=users}"),
                            refused ->
                                    assertThat(refused)
                                            .contains("by=\"127.0.0.1\"")
                                            .doesNotContain(" by=\"10.9.9.9\""));
        }
    }

    @Test
    void drainOutlivesAReloadThatKeepsTheInstance() throws Exception {
        try (var upstream = RecordingUpstream.start();
                var gateway = GatewayProcess.start(folder, file(upstream.port(), ""))) {
            String instance = "localhost:" + upstream.port();
            assertThat(post(gateway, "/api/drain?service=users&instance=" + instance).status())
                    .isEqualTo(200);
            gateway.rewrite(file(upstream.port(), "shutdown: {grace: 1s}"));
            assertThat(post(gateway, "/api/reload").status()).isEqualTo(200);
            assertThat(gateway.admin("/api/services").bodyText())
                    .containsOnlyOnce("\"state\":\"draining\"")
                    .contains("\"reason\":\"by an operator\"");
        }
    }

    @Test
    void fromElsewhereAChangeNeedsTheTokenWhileProbesAndMetricsDoNot() throws Exception {
        String proxied = "X-Forwarded-For: 10.1.2.3";
        try (var upstream = RecordingUpstream.start();
                var gateway = GatewayProcess.start(folder, file(upstream.port(), ""))) {
            String drain = "/api/drain?service=users&instance=127.0.0.1:" + upstream.port();
            assertThat(post(gateway, drain, proxied).bodyText()).contains("no_token_set");
            assertThat(gateway.admin("/api/services").bodyText()).doesNotContain("draining");
            assertThat(gateway.admin("/metrics").status()).isEqualTo(200);
            assertThat(gateway.admin("/readyz").status()).isEqualTo(200);
        }
    }

    @Test
    void secretsAreNotAmongWhatTheConfigurationViewTells() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "Basic topsecret\n");
        String headers = "headers: {request: {set: {Authorization: \"${file:" + secret + "}\"}}}";
        try (var upstream = RecordingUpstream.start();
                var gateway =
                        GatewayProcess.start(
                                folder,
                                file(upstream.port(), "")
                                        .replace("to: users", "to: users, " + headers))) {
            assertThat(gateway.admin("/api/config").bodyText())
                    .contains("\"yaml\":\"listen:")
                    .contains("Authorization: carve-secret-0")
                    .contains("\"fixed\":[]")
                    .doesNotContain("topsecret");
            assertThat(gateway.admin("/api/config?key=x&known=y").status()).isEqualTo(400);
        }
    }
}
