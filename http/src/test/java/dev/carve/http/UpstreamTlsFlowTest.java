package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import dev.carve.testkit.Await;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import dev.carve.testkit.TlsServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What goes over a secure connection once it is there: every end, tunnels, back-pressure. */
class UpstreamTlsFlowTest extends SecureCalls {

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
