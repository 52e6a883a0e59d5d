package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.http.Transport;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A slow reader slows its writer down: whatever the size of a body, the gateway holds little of it.
 * The reader stops now and then until the writer can send no more, and looks then what is held.
 * {@code -Dcarve.backpressure.bytes} sets the size.
 */
@ExtendWith(NoLeaks.class)
class BackPressureTest {

    private static final long BYTES = Long.getLong("carve.backpressure.bytes", 2L << 30);
    private static final int PAUSES = 4;
    private static final long MEMORY_GROWTH_MAX = 8L << 20;
    private static final long BUFFERED_MAX = 1 << 20;
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final long SETTLED_NANOS = Duration.ofMillis(60).toNanos();

    /** Of a prime length, so that bytes lost or doubled show in what follows. */
    private static final byte[] BLOCK = block();

    private final AtomicLong sent = new AtomicLong();

    private static byte[] block() {
        byte[] block = new byte[65_521];
        for (int i = 0; i < block.length; i++) {
            block[i] = (byte) (i ^ i >> 8);
        }
        return block;
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aSlowClientHoldsTheUpstreamBack(Transport transport) throws Exception {
        Available.require(transport);
        try (var upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var carve = new CarveUnderTest(transport);
                var client = connect(start(carve, upstream))) {
            send(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            try (var serving = accept(upstream)) {
                assertThat(head(serving)).startsWith("GET / ");
                CompletableFuture<Void> writing =
                        inBackground(() -> {
                            send(
                                    serving,
                                    "HTTP/1.1 200 OK\r\nContent-Length: " + BYTES + "\r\n\r\n");
                            write(serving.getOutputStream());
                        });
                assertThat(head(client)).startsWith("HTTP/1.1 200 ");
                readSlowly(client.getInputStream(), carve);
                writing.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aSlowUpstreamHoldsTheClientBack(Transport transport) throws Exception {
        Available.require(transport);
        try (var upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var carve = new CarveUnderTest(transport);
                var client = connect(start(carve, upstream))) {
            CompletableFuture<Void> writing =
                    inBackground(() -> {
                        send(
                                client,
                                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n"
                                        .formatted(BYTES));
                        write(client.getOutputStream());
                    });
            try (var serving = accept(upstream)) {
                assertThat(head(serving)).startsWith("POST / ");
                readSlowly(serving.getInputStream(), carve);
                writing.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
                send(serving, "HTTP/1.1 204 No Content\r\n\r\n");
                assertThat(head(client)).startsWith("HTTP/1.1 204 ");
            }
        }
    }

    private static int start(CarveUnderTest carve, ServerSocket upstream) throws IOException {
        upstream.setSoTimeout(TIMEOUT_MILLIS);
        return carve.start(
                """
                services: { upstream: http://127.0.0.1:%d }
                routes: [{ match: /, to: upstream }]
                """
                        .formatted(upstream.getLocalPort()));
    }

    private static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static Socket accept(ServerSocket upstream) throws IOException {
        Socket socket = upstream.accept();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static void send(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads up to the empty line and no further. */
    private static String head(Socket from) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = from.getInputStream().read();
            if (next < 0 || text.length() > 4096) {
                throw new IOException("no head: " + text);
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static CompletableFuture<Void> inBackground(Work work) {
        var done = new CompletableFuture<Void>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        work.run();
                        done.complete(null);
                    } catch (IOException | RuntimeException e) {
                        done.completeExceptionally(e);
                    }
                });
        return done;
    }

    private void write(OutputStream to) throws IOException {
        for (long at = 0; at < BYTES; ) {
            int count = (int) Math.min(BLOCK.length, BYTES - at);
            to.write(BLOCK, 0, count);
            at += count;
            sent.set(at);
        }
    }

    private void readSlowly(InputStream from, CarveUnderTest carve) throws IOException {
        byte[] into = new byte[BLOCK.length];
        long before = directMemory();
        long pauseAt = 0;
        for (long at = 0; at < BYTES; ) {
            if (at >= pauseAt) {
                awaitWriterHeldBack();
                assertThat(directMemory() - before)
                        .as("direct memory above the start after %d of %d bytes", at, BYTES)
                        .isLessThan(MEMORY_GROWTH_MAX);
                assertThat(carve.count(Count.BUFFERED_BYTES))
                        .as("bytes that wait in the gateway after %d of %d", at, BYTES)
                        .isLessThan(BUFFERED_MAX);
                assertThat(sent.get()).as("bytes that the writer got rid of").isLessThan(BYTES);
                pauseAt += BYTES / PAUSES;
            }
            int count = from.read(into, 0, (int) Math.min(into.length, BYTES - at));
            if (count < 0) {
                throw new IOException("ended after %d of %d bytes".formatted(at, BYTES));
            }
            assertThat(into[0]).as("byte %d", at).isEqualTo(BLOCK[(int) (at % BLOCK.length)]);
            at += count;
        }
    }

    private void awaitWriterHeldBack() {
        long[] seen = {-1, 0};
        Await.until(
                "a writer that can send no more",
                () -> {
                    long now = System.nanoTime();
                    if (sent.get() != seen[0]) {
                        seen[0] = sent.get();
                        seen[1] = now;
                    }
                    return now - seen[1] > SETTLED_NANOS;
                });
    }

    /** What the gateway's allocator holds; nothing else in this process uses it. */
    private static long directMemory() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
