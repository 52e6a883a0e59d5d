package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A peer that stops reading is cut after its bound and not before, on each transport. Time is
 * turned by hand; the bytes are more than the system's buffers hold.
 */
@ExtendWith(NoLeaks.class)
class StalledPeerTest {

    private static final int CHUNK = 1 << 20;
    private static final int CHUNKS = 64;
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final Duration ALMOST = BOUND.minusMillis(100);
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final Duration NEVER = Duration.ofDays(1);

    private static final ServerSettings CLIENTS =
            new ServerSettings(
                    HeadLimits.DEFAULT,
                    NEVER,
                    NEVER,
                    NEVER,
                    BOUND,
                    1000,
                    1024,
                    ServerSettings.HalfClose.AUTO);

    private static final UpstreamSettings UPSTREAMS =
            new UpstreamSettings(NEVER, NEVER, BOUND, NEVER, 4, NEVER, 16, HeadLimits.DEFAULT);

    private static final UpstreamSettings ANSWER_SOON =
            new UpstreamSettings(NEVER, BOUND, NEVER, NEVER, 4, NEVER, 16, HeadLimits.DEFAULT);

    /** Pushes all its chunks at once, whoever asks for a pause. */
    private static final class Flood implements BodySource {
        final CountDownLatch paused = new CountDownLatch(1);
        final CompletableFuture<Long> resumedAtNanos = new CompletableFuture<>();
        private final Loop loop;
        private final boolean complete;

        /**
         * @param complete whether its last byte comes too
         */
        Flood(Loop loop, boolean complete) {
            this.loop = loop;
            this.complete = complete;
        }

        static void push(Loop loop, Consumer<ByteBuf> to) {
            ByteBuf chunk = loop.allocator().directBuffer(CHUNK).writeZero(CHUNK);
            for (int i = 0; i < CHUNKS; i++) {
                to.accept(chunk.retainedDuplicate());
            }
            chunk.release();
        }

        @Override
        public long length() {
            return (long) CHUNK * CHUNKS + (complete ? 0 : 1); // One byte is still to come.
        }

        @Override
        public void start(BodySink sink) {
            push(loop, sink::data);
            if (complete) {
                sink.end(null);
            }
        }

        @Override
        public void pause() {
            paused.countDown();
        }

        @Override
        public void resume() {
            resumedAtNanos.complete(loop.now());
        }

        @Override
        public void discard() {}
    }

    // Clients.

    /** How far the answer has come that the client does not read. */
    private enum Answer {
        /** More is to come from its source. */
        UNDER_WAY,
        /** It is complete, and another request may follow. */
        COMPLETE,
        /** It is complete, and the last of its connection. */
        LAST,
        /** It breaks off: its source has failed. */
        CUT
    }

    private record Large(Head head, BodySource source) implements ResponseHead {
        @Override
        public boolean hasBody() {
            return true;
        }

        @Override
        public boolean namesFields() {
            return false;
        }
    }

    private final CompletableFuture<Failure> told = new CompletableFuture<>();
    private final CompletableFuture<Flood> source = new CompletableFuture<>();

    private void answer(ServerStream stream, Answer answer) {
        boolean complete = answer == Answer.COMPLETE || answer == Answer.LAST;
        Flood flood = new Flood(stream.loop(), complete);
        long length = flood.length();
        Head head = new Head().startResponse(200, "");
        head.add("Content-Length", Long.toString(length));
        stream.listen(why -> {
            told.complete(why);
            stream.release();
        });
        if (answer == Answer.LAST) {
            stream.closeAfterwards();
        }
        stream.respond(new Large(head, flood), new HeadEdits());
        Flood.push(stream.loop(), stream::data);
        stream.flush();
        source.complete(flood);
        if (complete) {
            stream.end(null);
            stream.release();
        } else if (answer == Answer.CUT) {
            stream.abort(Failure.of(Failure.Kind.UPSTREAM_CLOSED, "within a body"));
            stream.release();
        }
    }

    private Socket ask(TurnedLoop loop, Answer answer) throws IOException {
        Listener listener =
                loop.loops()
                        .listen(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                16,
                                CLIENTS,
                                new Listener.ConnectionLimits(16, 0),
                                stream -> answer(stream, answer),
                                (stream, _) -> stream.release())
                        .join();
        Socket client = new Socket();
        client.setReceiveBufferSize(1 << 16);
        client.setSoTimeout(TIMEOUT_MILLIS);
        client.connect(listener.address());
        client.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Await.until("an answer that waits", () -> loop.count(Count.BUFFERED_BYTES) > CHUNK);
        return client;
    }

    /** What was still on its way into the system's buffers counts as taken, once or twice. */
    private static void turnUntilCut(TurnedLoop loop, Count open) {
        Await.until(
                "the cut",
                () -> {
                    loop.turn(BOUND.plusMillis(100));
                    return loop.count(open) == 0;
                });
        assertThat(loop.count(Count.BUFFERED_BYTES)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatStopsReadingIsCutAndTheHandlerTold(Transport transport) throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport);
                var client = ask(loop, Answer.UNDER_WAY)) {
            loop.turn(ALMOST);
            assertThat(loop.isClientOpen()).isTrue();
            turnUntilCut(loop, Count.CONNECTIONS_OPEN);
            Failure why = told.get(10, TimeUnit.SECONDS);
            assertThat(why.kind()).isEqualTo(Failure.Kind.CLIENT_ABORTED);
            assertThat(why.detail()).isEqualTo("takes no bytes");
            assertThat(client.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatReadsALittleWithinItsBoundHasAnother(Transport transport) throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport);
                var client = ask(loop, Answer.UNDER_WAY)) {
            loop.turn(ALMOST);
            long unsent = loop.unsentBytes();
            byte[] into = new byte[1 << 16];
            while (loop.unsentBytes() == unsent) {
                assertThat(client.getInputStream().read(into)).isPositive();
            }
            loop.turn(Duration.ofMillis(200));
            assertThat(loop.isClientOpen()).isTrue();
            turnUntilCut(loop, Count.CONNECTIONS_OPEN);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatDoesNotReadTheEndOfItsLastAnswerIsCut(Transport transport) throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport);
                var client = ask(loop, Answer.LAST)) {
            loop.turn(ALMOST);
            assertThat(loop.isClientOpen()).isTrue();
            turnUntilCut(loop, Count.CONNECTIONS_OPEN);
            assertThat(client.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatDoesNotReadBetweenTwoRequestsIsCutOnceIdle(Transport transport)
            throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport);
                var client = ask(loop, Answer.COMPLETE)) {
            loop.turn(NEVER.minusMillis(100));
            assertThat(loop.isClientOpen()).isTrue();
            turnUntilCut(loop, Count.CONNECTIONS_OPEN);
            assertThat(loop.count(Count.IDLE_CLOSED)).isEqualTo(1);
            assertThat(client.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatReadsGetsAllThatCameBeforeItsAnswerWasCut(Transport transport)
            throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport);
                var client = ask(loop, Answer.CUT)) {
            long length = (long) CHUNK * CHUNKS;
            String head = "HTTP/1.1 200 \r\nContent-Length: %d\r\n\r\n".formatted(length + 1);
            assertThat(client.getInputStream().transferTo(OutputStream.nullOutputStream()))
                    .isEqualTo(head.length() + length);
            Await.until("the end", () -> loop.count(Count.CONNECTIONS_OPEN) == 0);
            assertThat(loop.count(Count.BUFFERED_BYTES)).isZero();
            assertThat(loop.count(Count.BODY_TIMEOUTS)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aClientThatDoesNotReadAnAnswerThatWasCutIsCutInTime(Transport transport) throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport);
                var client = ask(loop, Answer.CUT)) {
            loop.turn(ALMOST);
            assertThat(loop.isClientOpen()).isTrue();
            turnUntilCut(loop, Count.CONNECTIONS_OPEN);
            assertThat(loop.count(Count.BODY_TIMEOUTS)).isEqualTo(1);
            assertThat(client.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void whatWaitedForAClientGoesOnAtTheTimeAtWhichItReads(Transport transport) throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport);
                var client = ask(loop, Answer.UNDER_WAY)) {
            loop.pass(ALMOST);
            // It may only go on once everything is taken, and then nothing more comes to be read.
            client.getInputStream().skipNBytes((long) CHUNK * CHUNKS);
            assertThat(source.join().resumedAtNanos)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isEqualTo(ALMOST.toNanos());
        }
    }

    // Upstreams.

    /** An upstream that takes little, and a call at it whose request is larger than that. */
    private static final class Sent implements AutoCloseable {
        private final ServerSocket server = new ServerSocket();
        final TurnedLoop loop;
        final Upstream upstream;
        final Flood body;
        final KeptAnswer sink = new KeptAnswer();
        private final CompletableFuture<UpstreamConnection> connection = new CompletableFuture<>();

        Sent(Transport transport, UpstreamSettings settings, boolean complete) throws Exception {
            server.setReceiveBufferSize(1 << 16);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            loop = new TurnedLoop(transport);
            upstream = new Upstream(loop.loops(), server.getLocalSocketAddress(), settings);
            Loop on = loop.loop();
            body = new Flood(on, complete);
            on.execute(() -> {
                on.tick();
                UpstreamCall call = upstream.call(on, false);
                if (call instanceof UpstreamConnection opened) {
                    call.send(Asked.post(body), sink);
                    connection.complete(opened);
                }
            });
            assertThat(body.paused.await(10, TimeUnit.SECONDS)).isTrue();
            Await.until("a request that waits", () -> loop.count(Count.BUFFERED_BYTES) > CHUNK);
        }

        Socket accept() throws IOException {
            Socket accepted = server.accept();
            accepted.setSoTimeout(TIMEOUT_MILLIS);
            return accepted;
        }

        long unsentBytes() {
            UpstreamConnection opened = connection.join();
            return loop.on(opened::unsentBytes);
        }

        /** Reads until the gateway has got rid of some of what waits. */
        void takeALittle(Socket accepted) throws IOException {
            long unsent = unsentBytes();
            byte[] into = new byte[1 << 16];
            while (unsentBytes() == unsent) {
                assertThat(accepted.getInputStream().read(into)).isPositive();
            }
        }

        void assertUnderWay() {
            assertThat(loop.count(Count.UPSTREAM_OPEN)).isEqualTo(1);
            assertThat(sink.failure).isNotDone();
        }

        void assertCut(Failure.Kind kind) throws Exception {
            turnUntilCut(loop, Count.UPSTREAM_OPEN);
            Failure why = sink.failure.get(10, TimeUnit.SECONDS);
            assertThat(why.kind()).isEqualTo(kind);
            assertThat(why.retrySafe()).isFalse();
            assertThat(upstream.connections()).isZero();
        }

        @Override
        public void close() throws IOException {
            loop.close();
            server.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatStopsReadingIsCutAndTheCallFails(Transport transport) throws Exception {
        Available.require(transport);
        try (var sent = new Sent(transport, UPSTREAMS, false)) {
            sent.loop.turn(ALMOST);
            sent.assertUnderWay();
            sent.assertCut(Failure.Kind.IDLE_TIMEOUT);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatReadsALittleWithinItsBoundHasAnother(Transport transport) throws Exception {
        Available.require(transport);
        try (var sent = new Sent(transport, UPSTREAMS, false);
                var accepted = sent.accept()) {
            for (int i = 0; i < 3; i++) {
                sent.loop.turn(ALMOST);
                sent.takeALittle(accepted);
                sent.loop.turn(Duration.ofMillis(200));
                sent.assertUnderWay();
            }
            sent.assertCut(Failure.Kind.IDLE_TIMEOUT);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatIsStillTakingTheRequestOwesNoAnswerYet(Transport transport)
            throws Exception {
        Available.require(transport);
        try (var sent = new Sent(transport, ANSWER_SOON, true);
                var accepted = sent.accept()) {
            sent.loop.turn(ALMOST);
            sent.takeALittle(accepted);
            sent.loop.turn(Duration.ofMillis(200));
            sent.assertUnderWay();
            sent.assertCut(Failure.Kind.RESPONSE_TIMEOUT);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatTakesWhatWaitsHasItsTimeFromThenOn(Transport transport) throws Exception {
        Available.require(transport);
        try (var sent = new Sent(transport, ANSWER_SOON, true);
                var accepted = sent.accept()) {
            sent.loop.pass(ALMOST);
            accepted.getInputStream().skipNBytes((long) CHUNK * CHUNKS);
            assertThat(sent.body.resumedAtNanos)
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isEqualTo(ALMOST.toNanos());
            sent.loop.turn(ALMOST);
            sent.assertUnderWay();
            sent.assertCut(Failure.Kind.RESPONSE_TIMEOUT);
        }
    }
}
