package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.Ports;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import dev.carve.testkit.TestAuthority;
import dev.carve.testkit.TlsServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes with real servers: what is trusted, what is not and why. */
class UpstreamTlsTest extends SecureCalls {

    private static final TestAuthority STRANGER = new TestAuthority("theirs");

    /** One call to a server like that; it must fail before anything was sent. */
    private String reason(TlsServer server, UpstreamTls tls, String name) throws Exception {
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.perRequest(OK))) {
            Upstream upstream = upstream(to.port(), tls, name, PATIENT);
            OneCall call = get(upstream);
            assertThat(call.outcome()).isEqualTo("tls_failed");
            assertThat(call.isRetrySafe()).isTrue();
            Await.until("no connection", () -> upstream.connections() == 0);
            to.awaitNoOpenConnections();
            assertThat(to.requestCount()).isZero();
            assertThat(count(Count.UPSTREAM_FAILED)).isEqualTo(1);
            assertThat(count(Count.UPSTREAM_OPENED)).isZero();
            return call.detail();
        }
    }

    // What works.

    static List<Transport> transports() {
        return Stream.of(Transport.values()).filter(Transport::isAvailable).toList();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void callsGoOverOneKeptConnection(Transport transport) throws Exception {
        loops.close();
        loops = Loops.start(transport, 1, Clock.system());
        TlsServer server = TlsServer.of(SERVER);
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.perRequest(OK))) {
            Upstream upstream = upstream(to);
            assertThat(get(upstream).outcome()).isEqualTo("well");
            assertThat(get(upstream).outcome()).isEqualTo("well");
            assertThat(upstream.connections()).isEqualTo(1);
            assertThat(to.connections()).hasSize(1);
            assertThat(server.serverNames()).containsExactly(NAME);
        }
    }

    @Test
    void theCostlyStepsOfAHandshakeHoldUpNoLoop() throws Exception {
        try (ScriptedUpstream to =
                ScriptedUpstream.startSecure(TlsServer.of(SERVER), Script.perRequest(OK))) {
            assertThat(loops.handshakes().getPoolSize()).as("threads nobody needs yet").isZero();
            assertThat(get(upstream(to)).outcome()).isEqualTo("well");
            Await.until("steps elsewhere", () -> loops.handshakes().getCompletedTaskCount() > 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void sessionsAreResumedByTheNextConnection(String version) throws Exception {
        TlsServer server = TlsServer.of(SERVER).speaking(version);
        Script once = Script.oneRequest(new Step.CloseAfterResponse(200, "well"));
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, once)) {
            Upstream upstream = upstream(to);
            for (int i = 0; i < 3; i++) {
                assertThat(get(upstream).outcome()).isEqualTo("well");
            }
            assertThat(to.connections()).hasSize(3);
            assertThat(server.serverNames()).as("full handshakes").hasSize(1);
        }
    }

    @Test
    void aNameOfOneLabelIsAskedForToo() throws Exception {
        TlsServer server = TlsServer.of(AUTHORITY.issue("users"));
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.perRequest(OK))) {
            assertThat(get(upstream(to.port(), trusting(), "users", PATIENT)).outcome())
                    .isEqualTo("well");
            assertThat(server.serverNames()).containsExactly("users");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void anAddressIsCheckedButNotAskedFor(String address) throws Exception {
        TlsServer server = TlsServer.of(AUTHORITY.issue(address));
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.perRequest(OK))) {
            assertThat(get(upstream(to.port(), trusting(), address, PATIENT)).outcome())
                    .isEqualTo("well");
            assertThat(server.serverNames()).containsExactly("");
        }
    }

    @Test
    void withoutVerificationAnybodyIsBelieved() throws Exception {
        UpstreamTls credulous =
                UpstreamTls.of(new UpstreamTls.Material(List.of(), List.of(), null, false));
        TlsServer server = TlsServer.of(STRANGER.issue(Instant.EPOCH, Instant.EPOCH, "other"));
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.perRequest(OK))) {
            assertThat(get(upstream(to.port(), credulous, NAME, PATIENT)).outcome())
                    .isEqualTo("well");
        }
    }

    @Test
    void theClientCertificateIsShown() throws Exception {
        TestAuthority.Identity client = STRANGER.issue("gateway");
        UpstreamTls tls =
                UpstreamTls.of(
                        new UpstreamTls.Material(
                                List.of(AUTHORITY.certificate()),
                                List.of(client.certificate()),
                                client.key(),
                                true));
        TlsServer server = TlsServer.of(SERVER).requiring(STRANGER);
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.perRequest(OK))) {
            assertThat(get(upstream(to.port(), tls, NAME, PATIENT)).outcome()).isEqualTo("well");
        }
    }

    @Test
    void newFilesAreForNewConnections() throws Exception {
        TlsServer server = TlsServer.of(SERVER);
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.perRequest(OK))) {
            Upstream upstream = upstream(to.port(), trusting(), NAME, PATIENT);
            assertThat(get(upstream).outcome()).isEqualTo("well");
            upstream.secure(trusting(STRANGER.certificate()), NAME);
            assertThat(get(upstream).outcome())
                    .as("the connection that is there")
                    .isEqualTo("well");
            assertThat(get(upstream.apart(PATIENT)).outcome()).isEqualTo("tls_failed");
            upstream.secure(trusting(), NAME);
            assertThat(get(upstream.apart(PATIENT)).outcome()).isEqualTo("well");
        }
    }

    // What is not trusted, and why.

    @Test
    void aCertificateOfAnotherAuthorityIsUnknown() throws Exception {
        assertThat(reason(TlsServer.of(STRANGER.issue(NAME)), trusting(), NAME))
                .isEqualTo("certificate unknown: nobody who is trusted signed it");
    }

    @Test
    void theJdksAuthoritiesKnowNoneOfOurs() throws Exception {
        UpstreamTls usual = UpstreamTls.of(UpstreamTls.Material.DEFAULT);
        assertThat(reason(TlsServer.of(SERVER), usual, NAME)).startsWith("certificate unknown");
    }

    @Test
    void aCertificateForAnotherNameIsAMismatch() throws Exception {
        assertThat(reason(TlsServer.of(SERVER), trusting(), "orders.internal"))
                .isEqualTo(
                        "name mismatch: no subject alternative DNS name matching orders.internal"
                                + " found.");
    }

    @Test
    void aCertificateForTheAddressIsNoneForTheName() throws Exception {
        assertThat(reason(TlsServer.of(AUTHORITY.issue("127.0.0.1")), trusting(), NAME))
                .startsWith("name mismatch");
    }

    @Test
    void anExpiredCertificateIsCalledThat() throws Exception {
        Instant now = Instant.now();
        TestAuthority.Identity old =
                AUTHORITY.issue(now.minus(Duration.ofDays(3)), now.minus(Duration.ofDays(2)), NAME);
        assertThat(reason(TlsServer.of(old), trusting(), NAME)).startsWith("certificate expired");
    }

    @Test
    void aCertificateOfTheFutureIsCalledThat() throws Exception {
        Instant now = Instant.now();
        TestAuthority.Identity early =
                AUTHORITY.issue(now.plus(Duration.ofDays(2)), now.plus(Duration.ofDays(3)), NAME);
        assertThat(reason(TlsServer.of(early), trusting(), NAME))
                .startsWith("certificate not valid yet");
    }

    @Test
    void aServiceThatSpeaksAnotherProtocolOnlyIsRefused() throws Exception {
        assertThat(reason(TlsServer.of(SERVER).inside("h2"), trusting(), NAME))
                .isEqualTo("the service refused: no_application_protocol");
    }

    @Test
    void aMissingClientCertificateIsTheServicesWord() throws Exception {
        TlsServer server = TlsServer.of(SERVER).requiring(STRANGER).speaking("TLSv1.2");
        assertThat(reason(server, trusting(), NAME)).startsWith("the service refused: ");
    }

    /** TLS 1.3 lets the client send before the server has looked at its certificate. */
    @Test
    void aClientCertificateRefusedLateIsAFailureToo() throws Exception {
        TlsServer server = TlsServer.of(SERVER).requiring(STRANGER).speaking("TLSv1.3");
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.perRequest(OK))) {
            OneCall call = get(upstream(to));
            assertThat(call.outcome()).isIn("tls_failed", "upstream_reset", "upstream_closed");
            assertThat(to.requestCount()).isZero();
        }
    }

    // Handshakes that never are.

    @Test
    void aServiceWithoutTlsIsToldAsThat() throws Exception {
        Script plain =
                Script.once(
                        new Step.Respond("HTTP/1.1 400 Bad Request\r\n\r\n"),
                        new Step.HoldUntilPeerEnds());
        try (ScriptedUpstream to = ScriptedUpstream.start(plain)) {
            OneCall call = get(upstream(to));
            assertThat(call.outcome()).isEqualTo("tls_failed");
            assertThat(call.detail()).isEqualTo("the service does not speak TLS there");
            assertThat(call.isRetrySafe()).isTrue();
        }
    }

    @Test
    void aConnectionClosedWithinTheHandshakeMayBeTriedElsewhere() throws Exception {
        Script closing = Script.once(new Step.ReadBytes(5), new Step.HalfClose());
        try (ScriptedUpstream to = ScriptedUpstream.start(closing)) {
            OneCall call = get(upstream(to));
            assertThat(call.outcome()).isEqualTo("tls_failed");
            assertThat(call.detail()).isEqualTo("the connection was closed within the handshake");
            assertThat(call.isRetrySafe()).isTrue();
            to.awaitNoOpenConnections();
        }
    }

    @Test
    void aConnectionResetWithinTheHandshakeMayBeTriedElsewhere() throws Exception {
        Script resetting = Script.once(new Step.ReadBytes(5), new Step.Reset());
        try (ScriptedUpstream to = ScriptedUpstream.start(resetting)) {
            OneCall call = get(upstream(to));
            assertThat(call.outcome()).isEqualTo("upstream_reset");
            assertThat(call.isRetrySafe()).isTrue();
        }
    }

    @Test
    void theTimeToConnectBoundsTheHandshake() throws Exception {
        Script silent = Script.once(new Step.HoldUntilPeerEnds());
        try (ScriptedUpstream to = ScriptedUpstream.start(silent)) {
            Upstream upstream =
                    upstream(to.port(), trusting(), NAME, settings(Duration.ofMillis(200)));
            OneCall call = get(upstream);
            assertThat(call.outcome()).isEqualTo("connect_timeout");
            assertThat(call.isRetrySafe()).isTrue();
            to.awaitNoOpenConnections();
            assertThat(upstream.connections()).isZero();
        }
    }

    @Test
    void aRefusedConnectionIsStillThat() throws Exception {
        try (Ports.Held refusing = Ports.refusing()) {
            OneCall call = get(upstream(refusing.port(), trusting(), NAME, PATIENT));
            assertThat(call.outcome()).isEqualTo("connect_refused");
        }
    }

    @Test
    void aCallCancelledWithinTheHandshakeClosesTheConnection() throws Exception {
        CountDownLatch greeted = new CountDownLatch(1);
        Script holding =
                Script.once(
                        new Step.ReadBytes(5),
                        new Step.Signal(greeted),
                        new Step.HoldUntilPeerEnds());
        try (ScriptedUpstream to = ScriptedUpstream.start(holding)) {
            Upstream upstream = upstream(to);
            Loop loop = loops.all().getFirst();
            OneCall call = OneCall.get().on(loop, upstream);
            assertThat(greeted.await(20, TimeUnit.SECONDS)).isTrue();
            loop.execute(() -> {
                UpstreamCall it = call.call;
                if (it != null) {
                    it.cancel();
                }
            });
            to.awaitNoOpenConnections();
            Await.until("no connection", () -> upstream.connections() == 0);
            assertThat(call.failure).isNull();
        }
    }
}
