package dev.carve.it.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import dev.carve.testkit.TestAuthority;
import dev.carve.testkit.TlsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and keys that are renewed under the same names, the configuration unchanged. */
@Timeout(120)
class RenewedCertificateTest {

    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final TestAuthority AUTHORITY = new TestAuthority("ours");
    private static final TestAuthority STRANGER = new TestAuthority("theirs");
    private static final TestAuthority CLIENTS = new TestAuthority("clients");

    @TempDir Path temp = Path.of("");

    private final ScriptedUpstream upstream =
            ScriptedUpstream.startSecure(
                    TlsServer.of(AUTHORITY.issue("users.internal")).requiring(CLIENTS),
                    Script.oneRequest(new Step.RespondText(200, List.of(), "well")));

    @BeforeEach
    void firstFiles() throws IOException {
        client(CLIENTS);
        write("ca.pem", STRANGER.pem());
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    /** In one step, as whoever renews certificates should. */
    private void write(String name, String text) throws IOException {
        Path next = temp.resolve(name + ".next");
        Files.writeString(next, text);
        Files.move(
                next,
                temp.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private void client(TestAuthority by) throws IOException {
        TestAuthority.Identity client = by.issue("gateway");
        write("client.pem", client.certificatePem());
        write("client.key", client.keyPem());
    }

    private String file() {
        return """
        services:
          users:
            urls: ["https://127.0.0.1:%d"]
            retries: 1
            tls: {ca: "%2$s/ca.pem", name: users.internal, certificate: "%2$s/client.pem", key: "%2$s/client.key"}
        routes: [{match: /, to: users}]
        """
                .formatted(upstream.port(), temp);
    }

    private static RawResponse get(GatewayProcess gateway) throws IOException {
        try (var client = RawClient.connect(gateway.port())) {
            return client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read();
        }
    }

    private static void awaitStatus(GatewayProcess gateway, int status) {
        Await.until(
                "an answer with status " + status,
                WITHIN,
                () -> {
                    try {
                        return get(gateway).status() == status;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                gateway::errors);
    }

    @Test
    void aReloadTakesRenewedFilesUp() throws Exception {
        try (var gateway = GatewayProcess.start(temp, file())) {
            assertThat(get(gateway).field("Carve-Error")).contains("tls_failed");
            write("ca.pem", AUTHORITY.pem());
            assertThat(gateway.admin("POST", "/api/reload").status()).isEqualTo(200);
            assertThat(get(gateway).bodyText()).isEqualTo("well");

            client(STRANGER);
            assertThat(gateway.admin("POST", "/api/reload").status()).isEqualTo(200);
            assertThat(get(gateway).status()).as("not the client that it wants").isEqualTo(502);
        }
    }

    @Test
    void aWatchSeesRenewedFiles() throws Exception {
        try (var gateway = GatewayProcess.start(temp, file(), List.of("--watch"))) {
            assertThat(get(gateway).field("Carve-Error")).contains("tls_failed");
            write("ca.pem", AUTHORITY.pem());
            awaitStatus(gateway, 200);

            client(STRANGER);
            awaitStatus(gateway, 502);
            client(CLIENTS);
            awaitStatus(gateway, 200);
        }
    }

    @Test
    void aWatchSeesThatAFileThatWasRefusedIsMended() throws Exception {
        try (var gateway = GatewayProcess.start(temp, file(), List.of("--watch"))) {
            write("ca.pem", "not yet");
            Await.until(
                    "the mistake to be told",
                    WITHIN,
                    () -> gateway.errors().contains("holds no certificate"),
                    gateway::errors);
            assertThat(get(gateway).field("Carve-Error")).as("as before").contains("tls_failed");
            write("ca.pem", AUTHORITY.pem());
            awaitStatus(gateway, 200);
        }
    }
}
