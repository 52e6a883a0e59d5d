package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Clock;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One call at an upstream, without a client. */
class UpstreamCallTest {

    private static final UpstreamSettings SETTINGS =
            new UpstreamSettings(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(5),
                    4,
                    Duration.ofSeconds(2),
                    16,
                    HeadLimits.DEFAULT);

    /** A body of unknown length that comes in these chunks. */
    private record Chunks(List<String> texts) implements BodySource {
        @Override
        public long length() {
            return -1;
        }

        @Override
        public void start(BodySink sink) {
            for (String text : texts) {
                sink.data(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
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

    private static String call(int port, Head head, KeptAnswer sink) throws Exception {
        return call(port, head, null, sink);
    }

    private static String call(int port, Head head, @Nullable BodySource body, KeptAnswer sink)
            throws Exception {
        try (Loops loops = Loops.start(Transport.preferred(), 1, Clock.system())) {
            Upstream upstream =
                    new Upstream(
                            loops,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                            SETTINGS);
            Loop loop = loops.all().getFirst();
            loop.execute(() -> {
                loop.tick();
                sink.loop = loop;
                UpstreamCall call = upstream.call(loop, false);
                if (call != null) {
                    call.send(new Asked(head, body), sink);
                }
            });
            return sink.text.get(10, TimeUnit.SECONDS);
        }
    }

    private static Head get() {
        return new Head().startRequest("GET", "/").add("Host", "h");
    }

    @Test
    void sinkThatIsFullAndFlushesAtOnceLosesNothing() throws Exception {
        KeptAnswer sink =
                new KeptAnswer() {
                    @Override
                    public void data(ByteBuf chunk) {
                        super.data(chunk);
                        if (source != null) {
                            source.pause();
                        }
                    }

                    @Override
                    public void flush() {
                        if (source != null) {
                            source.resume();
                        }
                    }
                };
        String chunks = "1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n";
        try (ScriptedUpstream upstream =
                ScriptedUpstream.start(
                        Script.once(
                                new Step.ReadRequest(),
                                new Step.Respond(
                                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                                + chunks),
                                new Step.HoldUntilPeerEnds()))) {
            assertThat(call(upstream.port(), get(), sink)).isEqualTo("abc");
        }
    }

    @Test
    void clientThatIsSlowIsNotTakenForASilentUpstream() throws Exception {
        CountDownLatch stopped = new CountDownLatch(1);
        KeptAnswer sink =
                new KeptAnswer() {
                    private boolean paused;

                    @Override
                    public void flush() {
                        BodySource from = source;
                        Loop on = loop;
                        if (from != null && on != null && !paused) {
                            paused = true;
                            from.pause();
                            stopped.countDown();
                            on.executeLater(from::resume, 500, TimeUnit.MILLISECONDS);
                        }
                    }
                };
        try (ScriptedUpstream upstream =
                ScriptedUpstream.start(
                        Script.once(
                                new Step.ReadRequest(),
                                new Step.Respond("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na"),
                                new Step.Await(stopped, Duration.ofSeconds(10)),
                                new Step.Respond("b"),
                                new Step.HoldUntilPeerEnds()))) {
            assertThat(call(upstream.port(), get(), sink)).isEqualTo("ab");
        }
    }

    @Test
    void emptyChunkDoesNotEndTheBody() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start()) {
            Head head = new Head().startRequest("POST", "/").add("Host", "h");
            call(upstream.port(), head, new Chunks(List.of("a", "", "b")), new KeptAnswer());
            assertThat(upstream.awaitRequests(1).getFirst().body().kept().text()).isEqualTo("ab");
        }
    }

    @Test
    void theEndOfABodyIsToldOnce() throws Exception {
        try (RecordingUpstream server = RecordingUpstream.start();
                Loops loops = Loops.start(Transport.preferred(), 1, Clock.system())) {
            Upstream upstream =
                    new Upstream(
                            loops,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                            SETTINGS);
            Loop loop = loops.all().getFirst();
            Head head = new Head().startRequest("POST", "/").add("Host", "h");
            Chunks body = new Chunks(List.of("a", "b"));
            assertThat(new OneCall(head, body, false).on(loop, upstream).await().timesSent).isOne();
            assertThat(OneCall.get().on(loop, upstream).await().timesSent).isZero();
        }
    }

    @Test
    void lengthOfTheBodyThatIsSentIsAnnouncedAndNoOther() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start()) {
            Head head = new Head().startRequest("POST", "/").add("Host", "h");
            head.add("Content-Length", "5");
            call(upstream.port(), head, new KeptAnswer());
            assertThat(upstream.awaitRequests(1).getFirst().head().all("Content-Length"))
                    .containsExactly("0");
        }
    }
}
