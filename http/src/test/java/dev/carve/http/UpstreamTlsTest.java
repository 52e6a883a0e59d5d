package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Clock;
import dev.carve.runtime.Failure;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import dev.carve.testkit.TestAuthority;
import dev.carve.testkit.TlsServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls over TLS against real servers: what is trusted, what is not and why, and every end. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UpstreamTlsTest {

    private static final TestAuthority AUTHORITY = new TestAuthority("ours");
    private static final TestAuthority STRANGER = new TestAuthority("theirs");
    private static final TestAuthority.Identity SERVER = AUTHORITY.issue("users.internal");
    private static final Step OK = new Step.RespondText(200, List.of(), "well");
    private static final String NAME = "users.internal";

    private static final UpstreamSettings PATIENT = settings(Duration.ofSeconds(20));

    private Loops loops = Loops.start(Transport.preferred(), 1, Clock.system());

    private static UpstreamSettings settings(Duration connect) {
        Duration long20 = Duration.ofSeconds(20);
        return new UpstreamSettings(
                connect, long20, long20, long20, 4, Duration.ofSeconds(2), 16, HeadLimits.DEFAULT);
    }

    @AfterEach
    void close() {
        loops.close();
    }

    private static UpstreamTls trusting(X509Certificate... authorities) {
        return UpstreamTls.of(
                new UpstreamTls.Material(List.of(authorities), List.of(), null, true));
    }

    private static UpstreamTls trusting() {
        return trusting(AUTHORITY.certificate());
    }

    private Upstream upstream(int port, UpstreamTls tls, String name, UpstreamSettings settings) {
        Upstream made =
                new Upstream(
                        loops,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        settings);
        made.secure(tls, name);
        return made;
    }

    private Upstream upstream(ScriptedUpstream to) {
        return upstream(to.port(), trusting(), NAME, PATIENT);
    }

    private OneCall get(Upstream upstream) throws Exception {
        return OneCall.get().on(loops.all().getFirst(), upstream).await();
    }

    private long count(Count count) {
        return loops.all().getFirst().counters().get(count);
    }

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

    // Ends.

    private OneCall ending(Step... steps) throws Exception {
        TlsServer server = TlsServer.of(SERVER);
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.oneRequest(steps))) {
            OneCall call = get(upstream(to));
            to.awaitNoOpenConnections();
            return call;
        }
    }

    private static final Step UNTIL_CLOSE =
            new Step.Respond("HTTP/1.0 200 OK\r\n\r\nhalf or whole");

    @Test
    void aBodyUntilTheEndEndsWithTheWordForIt() throws Exception {
        assertThat(ending(UNTIL_CLOSE, new Step.CloseSocket()).outcome())
                .isEqualTo("half or whole");
        assertThat(ending(UNTIL_CLOSE, new Step.HalfClose()).outcome()).isEqualTo("half or whole");
    }

    @Test
    void aBodyUntilTheEndThatIsCutIsAFailure() throws Exception {
        OneCall call = ending(UNTIL_CLOSE, new Step.CutTls());
        assertThat(call.outcome()).isEqualTo("upstream_closed");
        assertThat(call.detail()).isEqualTo("cut without close_notify");
        assertThat(call.text()).isEqualTo("half or whole");
    }

    @Test
    void aBodyOfKnownLengthNeedsNoWordAfterIt() throws Exception {
        assertThat(ending(OK, new Step.CutTls()).outcome()).isEqualTo("well");
    }

    @Test
    void aBodyOfKnownLengthThatIsCutIsAFailure() throws Exception {
        Step part = new Step.Respond("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
        assertThat(ending(part, new Step.CutTls()).outcome()).isEqualTo("upstream_closed");
        assertThat(ending(part, new Step.CloseSocket()).outcome()).isEqualTo("upstream_closed");
    }

    @Test
    void aConnectionClosedBeforeTheAnswerIsALoss() throws Exception {
        assertThat(ending(new Step.CloseSocket()).outcome()).isEqualTo("upstream_closed");
        assertThat(ending(new Step.CutTls()).outcome()).isEqualTo("upstream_closed");
        assertThat(ending(new Step.Reset()).outcome()).isIn("upstream_reset", "upstream_closed");
    }

    @Test
    void anIdleConnectionThatIsClosedIsNotUsedAgain() throws Exception {
        TlsServer server = TlsServer.of(SERVER);
        Script once = Script.oneRequest(OK);
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, once)) {
            Upstream upstream = upstream(to);
            assertThat(get(upstream).outcome()).isEqualTo("well");
            Await.until("the connection to be gone", () -> upstream.connections() == 0);
            assertThat(get(upstream).outcome()).isEqualTo("well");
            assertThat(to.connections()).hasSize(2);
        }
    }

    // Tunnels.

    /** The client of a tunnel: says one thing, then no more. */
    private static final class Client implements BodySource {
        @Override
        public long length() {
            return -1;
        }

        @Override
        public void start(BodySink sink) {
            sink.data(Unpooled.copiedBuffer("abc", StandardCharsets.ISO_8859_1));
            sink.flush();
            sink.end(null);
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void discard() {}
    }

    private OneCall tunnel(String version, Step... steps) throws Exception {
        Head head = new Head().startRequest("GET", "/").add("Host", "h");
        head.add("Connection", "Upgrade").add("Upgrade", "echo");
        OneCall call =
                new OneCall(head, null, true) {
                    @Override
                    public void head(ResponseHead head) {
                        UpstreamCall it = this.call;
                        if (it != null) {
                            it.tunnelFrom(new Client());
                        }
                    }
                };
        TlsServer server = TlsServer.of(SERVER).speaking(version);
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, Script.oneRequest(steps))) {
            call.on(loops.all().getFirst(), upstream(to)).await();
            to.awaitNoOpenConnections();
            return call;
        }
    }

    private static final Step SWITCH =
            new Step.Respond(
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade:"
                            + " echo\r\n\r\n");

    @Test
    void aTunnelGoesOnInOneDirectionAfterTheOtherHasEnded() throws Exception {
        OneCall call =
                tunnel(
                        "TLSv1.3",
                        SWITCH,
                        new Step.ReadBytes(3),
                        new Step.Respond("and the rest"),
                        new Step.CloseSocket());
        assertThat(call.outcome()).isEqualTo("and the rest");
    }

    @Test
    void aTunnelOverTheOlderVersionEndsCleanlyToo() throws Exception {
        OneCall call =
                tunnel("TLSv1.2", SWITCH, new Step.ReadBytes(3), new Step.HoldUntilPeerEnds());
        assertThat(call.outcome()).isEmpty();
    }

    @Test
    void aTunnelThatIsCutIsAFailure() throws Exception {
        OneCall call =
                tunnel(
                        "TLSv1.3",
                        SWITCH,
                        new Step.ReadBytes(3),
                        new Step.Respond("and a part"),
                        new Step.CutTls());
        assertThat(call.outcome()).isEqualTo("upstream_closed");
        assertThat(call.text()).isEqualTo("and a part");
    }

    // Back-pressure.

    private static final int LARGE = 16 * 1024 * 1024;

    @Test
    void whileTheClientReadsNothingNeitherDoWe() throws Exception {
        TlsServer server = TlsServer.of(SERVER);
        String head = "HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n";
        Script large =
                Script.oneRequest(new Step.Respond(head), new Step.Respond("x".repeat(LARGE)));
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, large)) {
            CompletableFuture<BodySource> source = new CompletableFuture<>();
            OneCall call =
                    new OneCall(new Head().startRequest("GET", "/").add("Host", "h"), null, false) {
                        @Override
                        public void head(ResponseHead head) {
                            BodySource from = Objects.requireNonNull(head.source());
                            from.pause();
                            source.complete(from);
                        }
                    };
            call.keepsText = false;
            Loop loop = loops.all().getFirst();
            call.on(loop, upstream(to));
            BodySource body = source.get(20, TimeUnit.SECONDS);
            CountDownLatch later = new CountDownLatch(1);
            loop.executeLater(later::countDown, 300, TimeUnit.MILLISECONDS);
            assertThat(later.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(call.bytes).isZero();
            assertThat(count(Count.UPSTREAM_BYTES_RECEIVED)).isLessThan(1024 * 1024);
            loop.execute(body::resume);
            call.await();
            assertThat(call.outcome()).isEmpty();
            assertThat(call.bytes).isEqualTo(LARGE);
            assertThat(count(Count.BUFFERED_BYTES)).isZero();
        }
    }

    /** Gives chunk after chunk until it is told to pause. */
    private static final class Chunks implements BodySource {
        private static final int CHUNK = 64 * 1024;
        final AtomicInteger pauses = new AtomicInteger();
        private int given;
        private boolean paused;
        private BodySink sink = new Nowhere();

        @Override
        public long length() {
            return LARGE;
        }

        @Override
        public void start(BodySink sink) {
            this.sink = sink;
            give();
        }

        private void give() {
            while (!paused && given < LARGE) {
                given += CHUNK;
                sink.data(Unpooled.buffer(CHUNK).writeZero(CHUNK));
                sink.flush();
            }
            if (given == LARGE) {
                given++;
                sink.end(null);
            }
        }

        @Override
        public void pause() {
            pauses.incrementAndGet();
            paused = true;
        }

        @Override
        public void resume() {
            paused = false;
            give();
        }

        @Override
        public void discard() {}
    }

    /** Before the first start. */
    private static final class Nowhere implements BodySink {
        @Override
        public void data(ByteBuf chunk) {
            chunk.release();
        }

        @Override
        public void flush() {}

        @Override
        public void end(@Nullable Head trailer) {}

        @Override
        public void failed(Failure failure) {}
    }

    @Test
    void aServiceThatReadsNothingPausesTheBody() throws Exception {
        CountDownLatch paused = new CountDownLatch(1);
        TlsServer server = TlsServer.of(SERVER);
        Script slow =
                Script.once(
                        new Step.ReadHead(),
                        new Step.Await(paused, Duration.ofSeconds(20)),
                        new Step.ReadRequest(),
                        OK);
        try (ScriptedUpstream to = ScriptedUpstream.startSecure(server, slow)) {
            Chunks body = new Chunks();
            Head head = new Head().startRequest("POST", "/").add("Host", "h");
            OneCall call = new OneCall(head, body, false);
            call.on(loops.all().getFirst(), upstream(to));
            Await.until("the body to be paused", () -> body.pauses.get() > 0);
            paused.countDown();
            assertThat(call.await().outcome()).isEqualTo("well");
            RecordedRequest got = to.awaitRequests(1).getFirst();
            assertThat(got.body().byteCount()).isEqualTo(LARGE);
        }
    }

    /** Whole small messages, as one piece of what is written in pieces. */
    private record Pieces(List<String> texts) implements BodySource {
        @Override
        public long length() {
            return -1;
        }

        @Override
        public void start(BodySink sink) {
            for (String each : texts) {
                sink.data(Unpooled.copiedBuffer(each, StandardCharsets.ISO_8859_1));
            }
            sink.end(null);
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void discard() {}
    }

    @Test
    void headAndSmallBodyLeaveInOneRecord() throws Exception {
        CompletableFuture<String> firstRecord = new CompletableFuture<>();
        TlsServer tls = TlsServer.of(SERVER);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> {
                try (Socket socket = tls.over(server.accept())) {
                    // The JDK gives what one record holds, and no more, with one read.
                    byte[] bytes = new byte[32 * 1024];
                    int count = socket.getInputStream().read(bytes);
                    firstRecord.complete(new String(bytes, 0, count, StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    firstRecord.completeExceptionally(e);
                }
            });
            Head head = new Head().startRequest("POST", "/").add("Host", "h");
            head.add("Transfer-Encoding", "chunked");
            OneCall call = new OneCall(head, new Pieces(List.of("one", "two")), false);
            call.on(
                    loops.all().getFirst(),
                    upstream(server.getLocalPort(), trusting(), NAME, PATIENT));
            assertThat(firstRecord.get(20, TimeUnit.SECONDS)).contains("one").endsWith("0\r\n\r\n");
            call.await();
        }
    }
}
