package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Standing.State;
import dev.carve.testkit.Await;
import dev.carve.testkit.DnsReply;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedDns;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import dev.carve.testkit.TestAuthority;
import dev.carve.testkit.TlsServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Services over TLS, set up as a file says it. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SecureServiceTest {

    private static final TestAuthority AUTHORITY = new TestAuthority("ours");
    private static final TestAuthority STRANGER = new TestAuthority("theirs");
    private static final TestAuthority.Identity SERVER = AUTHORITY.issue("users.internal");
    private static final Script WELL =
            Script.perRequest(new Step.RespondText(200, List.of(), "well"));

    @TempDir private Path folder = Path.of("");

    private String file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return file.toString();
    }

    private String ca() throws IOException {
        return file("ca.pem", AUTHORITY.pem());
    }

    private static String yaml(String service) {
        return "services:\n  m: {" + service + "}\nroutes: [{match: /, to: m}]\n";
    }

    private String yaml(int port, String name) throws IOException {
        return yaml(
                "urls: \"https://127.0.0.1:%d\", connections: 8, tls: {ca: \"%s\", name: %s}"
                        .formatted(port, ca(), name));
    }

    private static Instance instance(RunningGateway gateway) {
        return gateway.gateway
                .registry()
                .services()
                .iterator()
                .next()
                .members()
                .instances()
                .getFirst();
    }

    @Test
    void anHttpsServiceIsForwardedTo() throws Exception {
        TlsServer tls = TlsServer.of(SERVER);
        try (ScriptedUpstream upstream = ScriptedUpstream.startSecure(tls, WELL);
                RunningGateway gateway =
                        RunningGateway.start(yaml(upstream.port(), "users.internal"))) {
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
            assertThat(tls.serverNames()).containsExactly("users.internal");
        }
    }

    @Test
    void theHostOfTheUrlIsTheNameUnlessAnotherIsGiven() throws Exception {
        TlsServer tls = TlsServer.of(AUTHORITY.issue("localhost"));
        try (ScriptedUpstream upstream = ScriptedUpstream.startSecure(tls, WELL);
                RunningGateway gateway =
                        RunningGateway.start(
                                yaml(
                                        "urls: \"https://localhost:%d\", tls: {ca: \"%s\"}"
                                                .formatted(upstream.port(), ca())))) {
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
            assertThat(tls.serverNames()).containsExactly("localhost");
        }
    }

    @Test
    void whoIsNotTrustedIsToldToTheClientByACodeOnly() throws Exception {
        TlsServer tls = TlsServer.of(SERVER);
        try (ScriptedUpstream upstream = ScriptedUpstream.startSecure(tls, WELL);
                RunningGateway gateway =
                        RunningGateway.start(yaml(upstream.port(), "orders.internal"))) {
            RawResponse answer = gateway.get("/");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.field("Carve-Error")).contains("tls_failed");
            assertThat(answer.bodyText()).doesNotContain("orders").doesNotContain("certificate");
            assertThat(upstream.requestCount()).isZero();
        }
    }

    @Test
    void aFailedHandshakeIsTriedElsewhereWhateverTheMethod() throws Exception {
        TlsServer bad = TlsServer.of(STRANGER.issue("users.internal"));
        try (ScriptedUpstream one = ScriptedUpstream.startSecure(bad, WELL);
                ScriptedUpstream other = ScriptedUpstream.startSecure(TlsServer.of(SERVER), WELL);
                RunningGateway gateway =
                        RunningGateway.start(
                                yaml(
                                        ("urls: [\"https://127.0.0.1:%d\", \"https://127.0.0.1:%d\"],"
                                                        + " retries: {budget_min: 100},"
                                                        + " tls: {ca: \"%s\", name: users.internal}")
                                                .formatted(one.port(), other.port(), ca())))) {
            for (int i = 0; i < 4; i++) {
                assertThat(gateway.request("POST", "/", "Content-Length: 0").bodyText())
                        .isEqualTo("well");
            }
            assertThat(other.requestCount()).isEqualTo(4);
        }
    }

    @Test
    void aFailedHandshakeIsPaidForLikeAnyRetry() throws Exception {
        TlsServer bad = TlsServer.of(STRANGER.issue("users.internal"));
        try (ScriptedUpstream one = ScriptedUpstream.startSecure(bad, WELL);
                ScriptedUpstream other = ScriptedUpstream.startSecure(TlsServer.of(SERVER), WELL);
                RunningGateway gateway =
                        RunningGateway.start(
                                yaml(
                                        ("urls: [\"https://127.0.0.1:%d\", \"https://127.0.0.1:%d\"],"
                                                        + " retries: {budget: 0%%, budget_min: 0},"
                                                        + " tls: {ca: \"%s\", name: users.internal}")
                                                .formatted(one.port(), other.port(), ca())))) {
            assertThat(List.of(gateway.get("/").status(), gateway.get("/").status()))
                    .containsExactlyInAnyOrder(200, 502);
        }
    }

    @Test
    void aReloadReadsTheFilesAnew() throws Exception {
        TlsServer tls = TlsServer.of(SERVER);
        try (ScriptedUpstream upstream = ScriptedUpstream.startSecure(tls, WELL)) {
            String yaml = yaml(upstream.port(), "users.internal");
            file("ca.pem", STRANGER.pem());
            try (RunningGateway gateway = RunningGateway.start(yaml)) {
                assertThat(gateway.get("/").status()).isEqualTo(502);
                Instance before = instance(gateway);
                file("ca.pem", STRANGER.pem() + AUTHORITY.pem());
                gateway.reload(yaml);
                assertThat(gateway.get("/").bodyText()).isEqualTo("well");
                assertThat(instance(gateway)).isSameAs(before);
            }
        }
    }

    @Test
    void aReloadOfTheSameFilesKeepsConnections() throws Exception {
        TlsServer tls = TlsServer.of(SERVER);
        try (ScriptedUpstream upstream = ScriptedUpstream.startSecure(tls, WELL)) {
            String yaml = yaml(upstream.port(), "users.internal");
            try (RunningGateway gateway = RunningGateway.start(yaml)) {
                gateway.get("/");
                gateway.reload(yaml);
                assertThat(gateway.get("/").bodyText()).isEqualTo("well");
                assertThat(upstream.connections()).hasSize(1);
            }
        }
    }

    @Test
    void theClientCertificateOfTheFileIsShown() throws Exception {
        TestAuthority.Identity client = STRANGER.issue("gateway");
        String tls =
                "tls: {ca: \"%s\", name: users.internal, certificate: \"%s\", key: \"%s\"}"
                        .formatted(
                                ca(),
                                file("client.pem", client.certificatePem()),
                                file("client.key", client.keyPem()));
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.startSecure(
                                TlsServer.of(SERVER).requiring(STRANGER), WELL);
                RunningGateway gateway =
                        RunningGateway.start(
                                yaml(
                                        "urls: \"https://127.0.0.1:%d\", %s"
                                                .formatted(upstream.port(), tls)))) {
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
        }
    }

    @Test
    void checksAreAsSecureAsCallsAndSayWhatIsWrong() throws Exception {
        TlsServer tls = TlsServer.of(SERVER);
        try (ScriptedUpstream upstream = ScriptedUpstream.startSecure(tls, WELL)) {
            String yaml =
                    yaml(
                            ("urls: \"https://127.0.0.1:%d\", health: {path: /up, every: 100ms,"
                                            + " timeout: 5s}, tls: {ca: \"%s\", name: users.internal}")
                                    .formatted(upstream.port(), ca()));
            file("ca.pem", STRANGER.pem());
            try (RunningGateway gateway = RunningGateway.start(yaml)) {
                Instance instance = instance(gateway);
                Await.until("a failed check", () -> instance.standing().state() == State.UNHEALTHY);
                assertThat(instance.standing().reason())
                        .isEqualTo(
                                "tls_failed: certificate unknown: nobody who is trusted signed it");
                file("ca.pem", AUTHORITY.pem());
                gateway.reload(yaml);
                Await.until("good checks", () -> instance.standing().state() == State.UP);
            }
        }
    }

    @Test
    void addressesOfANameAreCheckedAgainstTheName() throws Exception {
        TlsServer tls = TlsServer.of(SERVER);
        try (ScriptedDns dns = ScriptedDns.start();
                ScriptedUpstream upstream = ScriptedUpstream.startSecure(tls, WELL)) {
            dns.reply("users.internal", new DnsReply.Addresses(60, "127.0.0.1"));
            String yaml =
                    yaml(
                            ("dns: {name: \"users.internal.:%d\", server: \"%s\"}, tls: {ca:"
                                            + " \"%s\"}")
                                    .formatted(upstream.port(), dns.addressText(), ca()));
            try (RunningGateway gateway = RunningGateway.start(yaml)) {
                assertThat(gateway.get("/").bodyText()).isEqualTo("well");
                assertThat(tls.serverNames()).containsExactly("users.internal");
                assertThat(instance(gateway).url().getScheme()).isEqualTo("https");
            }
        }
    }
}
