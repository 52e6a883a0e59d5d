package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Failure;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
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
import org.jspecify.annotations.Nullable;
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

    /** Pushes all its chunks at once, whoever asks for a pause. */
    private static final class Flood implements BodySource {
        final CountDownLatch paused = new CountDownLatch(1);
        private final Loop loop;

        Flood(Loop loop) {
            this.loop = loop;
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
            return (long) CHUNK * CHUNKS + 1; // One byte is still to come.
        }

        @Override
        public void start(BodySink sink) {
            push(loop, sink::data);
        }

        @Override
        public void pause() {
            paused.countDown();
        }

        @Override
        public void resume() {}

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
        LAST
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

    private void answer(ServerStream stream, Answer answer) {
        Flood flood = new Flood(stream.loop());
        long length = answer == Answer.UNDER_WAY ? flood.length() : flood.length() - 1;
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
        if (answer != Answer.UNDER_WAY) {
            stream.end(null);
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
        assumeTrue(transport.isAvailable(), transport + " is not available here");
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
        assumeTrue(transport.isAvailable(), transport + " is not available here");
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
        assumeTrue(transport.isAvailable(), transport + " is not available here");
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
        assumeTrue(transport.isAvailable(), transport + " is not available here");
        try (var loop = new TurnedLoop(transport);
                var client = ask(loop, Answer.COMPLETE)) {
            loop.turn(NEVER.minusMillis(100));
            assertThat(loop.isClientOpen()).isTrue();
            turnUntilCut(loop, Count.CONNECTIONS_OPEN);
            assertThat(loop.count(Count.IDLE_CLOSED)).isEqualTo(1);
            assertThat(client.isConnected()).isTrue();
        }
    }

    // Upstreams.

    private record Upload(Head head, HeadEdits edits, BodySource body) implements UpstreamRequest {
        @Override
        public boolean namesFields() {
            return false;
        }

        @Override
        public boolean wantsUpgrade() {
            return false;
        }

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public long responseTimeoutNanos() {
            return 0;
        }
    }

    /** Keeps only how a call failed. */
    private static final class Failing implements ResponseSink {
        final CompletableFuture<Failure> failure = new CompletableFuture<>();

        @Override
        public void informational(Head head) {}

        @Override
        public void head(ResponseHead head) {}

        @Override
        public void halfClosed() {}

        @Override
        public void data(ByteBuf chunk) {
            chunk.release();
        }

        @Override
        public void flush() {}

        @Override
        public void end(@Nullable Head trailer) {}

        @Override
        public void failed(Failure why) {
            failure.complete(why);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatStopsReadingIsCutAndTheCallFails(Transport transport) throws Exception {
        assumeTrue(transport.isAvailable(), transport + " is not available here");
        try (var server = new ServerSocket()) {
            server.setReceiveBufferSize(1 << 16);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            try (var loop = new TurnedLoop(transport)) {
                Upstream upstream =
                        new Upstream(loop.loops(), server.getLocalSocketAddress(), UPSTREAMS);
                Loop on = loop.loops().all().getFirst();
                Flood body = new Flood(on);
                Failing sink = new Failing();
                Head head = new Head().startRequest("POST", "/").add("Host", "h");
                on.execute(() -> {
                    on.tick();
                    UpstreamCall call = upstream.call(on, false);
                    if (call != null) {
                        call.send(new Upload(head, new HeadEdits(), body), sink);
                    }
                });
                assertThat(body.paused.await(10, TimeUnit.SECONDS)).isTrue();
                Await.until("a request that waits", () -> loop.count(Count.BUFFERED_BYTES) > CHUNK);
                loop.turn(ALMOST);
                assertThat(loop.count(Count.UPSTREAM_OPEN)).isEqualTo(1);
                assertThat(sink.failure).isNotDone();
                turnUntilCut(loop, Count.UPSTREAM_OPEN);
                Failure why = sink.failure.get(10, TimeUnit.SECONDS);
                assertThat(why.kind()).isEqualTo(Failure.Kind.IDLE_TIMEOUT);
                assertThat(why.retrySafe()).isFalse();
                assertThat(upstream.connections()).isZero();
            }
        }
    }
}
