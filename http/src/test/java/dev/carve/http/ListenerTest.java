package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Octets;
import dev.carve.testkit.RawClient;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How connections are counted, and what becomes of those beyond a bound. */
@ExtendWith(NoLeaks.class)
class ListenerTest {

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final Duration ALMOST_LINGERED =
            Duration.ofNanos(Refusal.LINGER_NANOS).minusMillis(100);

    private static Listener listen(Loops loops, int total, int perAddress) {
        return loops.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        2 * Listener.REFUSALS_MAX,
                        ServerSettings.DEFAULT,
                        new Listener.ConnectionLimits(total, perAddress),
                        stream -> stream.release(),
                        (stream, _) -> stream.release())
                .join();
    }

    /** Connects and sends before the loop looks, so that the request is there when it answers. */
    private static RawClient sendUnseen(Loops loops, int port) throws IOException {
        CountDownLatch sent = new CountDownLatch(1);
        loops.all()
                .getFirst()
                .execute(() -> {
                    try {
                        sent.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        try {
            return RawClient.connect(port).send(REQUEST);
        } finally {
            sent.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aRefusedClientSeesItsAnswerAndAnOrderlyEnd(Transport transport) throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport)) {
            Listener listener = listen(loop.loops(), 0, 0);
            try (var client = sendUnseen(loop.loops(), listener.address().getPort())) {
                assertThat(client.read().status()).isEqualTo(503);
                assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                client.send(REQUEST); // Even what comes afterwards must not reset it.
                loop.turn(ALMOST_LINGERED);
                assertThat(listener.refusals()).isEqualTo(1);
            }
            Await.until("the refused connection to end", () -> listener.refusals() == 0);
            assertThat(loop.count(Count.CONNECTIONS_REFUSED_TOTAL)).isEqualTo(1);
            assertThat(listener.connections()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aRefusedClientThatNeverClosesIsWaitedForWithinABound(Transport transport)
            throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport)) {
            Listener listener = listen(loop.loops(), 0, 0);
            try (var client = RawClient.connect(listener.address().getPort())) {
                assertThat(client.read().status()).isEqualTo(503);
                loop.turn(ALMOST_LINGERED);
                assertThat(listener.refusals()).isEqualTo(1);
                loop.turn(Duration.ofMillis(200));
                Await.until("the refused connection to end", () -> listener.refusals() == 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aRefusedClientThatGoesOnSendingIsCut(Transport transport) throws Exception {
        Available.require(transport);
        try (var loop = new TurnedLoop(transport)) {
            Listener listener = listen(loop.loops(), 0, 0);
            try (var client = RawClient.connect(listener.address().getPort())) {
                assertThat(client.read().status()).isEqualTo(503);
                try {
                    client.send(Octets.of("x".repeat(Refusal.DISCARD_BYTES_MAX + 1)));
                } catch (IOException e) {
                    // It was cut while it was still sending.
                }
                Await.until("the refused connection to end", () -> listener.refusals() == 0);
            }
        }
    }

    @Test
    void onlySoManyRefusedClientsAreWaitedFor() throws Exception {
        List<RawClient> waiting = new ArrayList<>();
        try (var loop = new TurnedLoop(Transport.preferred())) {
            Listener listener = listen(loop.loops(), 0, 0);
            int port = listener.address().getPort();
            try {
                for (int i = 0; i < Listener.REFUSALS_MAX; i++) {
                    waiting.add(RawClient.connect(port));
                }
                Await.until("all to wait", () -> listener.refusals() == Listener.REFUSALS_MAX);
                try (var further = RawClient.connect(port)) {
                    assertThat(further.read().status()).isEqualTo(503);
                    assertThat(further.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                    assertThat(listener.refusals()).isEqualTo(Listener.REFUSALS_MAX);
                }
            } finally {
                waiting.forEach(RawClient::close);
            }
            Await.until("none to wait", () -> listener.refusals() == 0);
            assertThat(loop.count(Count.CONNECTIONS_REFUSED_TOTAL))
                    .isEqualTo(Listener.REFUSALS_MAX + 1);
        }
    }

    /** No loop takes it. */
    private static final class Unregistrable extends NioSocketChannel {
        Unregistrable(SocketChannel socket) {
            super(null, socket);
        }

        @Override
        protected boolean isCompatible(EventLoop loop) {
            return false;
        }
    }

    private interface Made {
        NioSocketChannel from(SocketChannel socket) throws IOException;
    }

    private static void isNotCounted(Made made) throws Exception {
        try (Loops loops = Loops.start(Transport.NIO, 1, Clock.system());
                var peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Listener listener = listen(loops, 1, 1);
            NioSocketChannel child = made.from(SocketChannel.open(peer.getLocalSocketAddress()));
            loops.all().getFirst().execute(() -> listener.accept(child));
            Await.until("the failure to be told", () -> loops.acceptFailures() == 1);
            assertThat(child.isOpen()).isFalse();
            assertThat(listener.connections()).isZero();
            // Nor against its address, which is the next client's too.
            try (var client = RawClient.connect(listener.address().getPort())) {
                Await.until("the next to be served", () -> listener.connections() == 1);
                assertThat(listener.refusals()).isZero();
                assertThat(client.localPort()).isPositive();
            }
        }
    }

    @Test
    void aConnectionThatNoLoopTakesIsNotCounted() throws Exception {
        isNotCounted(Unregistrable::new);
    }

    @Test
    void aConnectionThatIsGoneBeforeItIsSetUpIsNotCounted() throws Exception {
        isNotCounted(socket -> {
            var child = new NioSocketChannel(null, socket);
            assertThat(child.remoteAddress()).isNotNull(); // Known from accepting.
            socket.close();
            return child;
        });
    }

    @Test
    void aRefusedConnectionThatNoLoopTakesIsNotWaitedFor() throws Exception {
        try (Loops loops = Loops.start(Transport.NIO, 1, Clock.system());
                var peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Listener listener = listen(loops, 0, 0);
            var child = new Unregistrable(SocketChannel.open(peer.getLocalSocketAddress()));
            loops.all().getFirst().execute(() -> listener.accept(child));
            Await.until("the failure to be told", () -> loops.acceptFailures() == 1);
            assertThat(child.isOpen()).isFalse();
            assertThat(listener.refusals()).isZero();
        }
    }
}
