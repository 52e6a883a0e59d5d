package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Clock;
import dev.carve.runtime.Failure;
import dev.carve.testkit.RawClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the end of an answer that its client has not taken yet means for the connection. */
class SlowReaderTest {

    private static final int BYTES = 16 << 20;

    private static final ServerSettings SETTINGS =
            new ServerSettings(
                    HeadLimits.DEFAULT,
                    Duration.ofMillis(800),
                    Duration.ofMillis(800),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    1000,
                    1024,
                    ServerSettings.HalfClose.AUTO);

    private record Answer(Head head) implements ResponseHead {
        @Override
        public boolean hasBody() {
            return true;
        }

        @Override
        public @Nullable BodySource source() {
            return null;
        }

        @Override
        public boolean namesFields() {
            return false;
        }
    }

    private static void answer(ServerStream stream, int status, int bytes) {
        Head head = new Head().startResponse(status, "");
        head.add("Content-Length", Integer.toString(bytes));
        stream.respond(new Answer(head), new HeadEdits());
        stream.data(stream.loop().allocator().directBuffer(bytes).writeZero(bytes));
        stream.end(null);
        stream.flush();
        stream.release();
    }

    private static void handle(ServerStream stream) {
        answer(stream, 200, BYTES);
    }

    private static void malformed(ServerStream stream, Failure why) {
        answer(stream, why.kind().status(), 1);
    }

    private static Listener listen(Loops loops) {
        return loops.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        16,
                        SETTINGS,
                        new Listener.ConnectionLimits(16, 0),
                        SlowReaderTest::handle,
                        SlowReaderTest::malformed)
                .join();
    }

    @Test
    void writtenAnswerIsNotCutByTheIdleTimeout() throws Exception {
        try (Loops loops = Loops.start(Transport.preferred(), 1, Clock.system())) {
            int port = listen(loops).address().getPort();
            try (var client = RawClient.connect(port)) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                for (int i = 0; i < 2; i++) {
                    try (var clock = RawClient.connect(port)) {
                        clock.awaitEnd(); // The time-out of a connection that sends nothing.
                    }
                }
                assertThat(client.read().body().byteCount()).isEqualTo(BYTES);
            }
        }
    }

    @Test
    void headBehindALargeAnswerKeepsItsTimeout() throws Exception {
        try (Loops loops = Loops.start(Transport.preferred(), 1, Clock.system())) {
            int port = listen(loops).address().getPort();
            try (var client = RawClient.connect(port)) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHo");
                assertThat(client.read().body().byteCount()).isEqualTo(BYTES);
                assertThat(client.read().status()).isEqualTo(408);
            }
        }
    }
}
