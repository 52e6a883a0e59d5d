package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Clock;
import dev.carve.runtime.Failure;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of an exchange whose handler is at fault, on each transport. */
@ExtendWith(NoLeaks.class)
class ServerFaultsTest {

    private static void handle(ServerStream stream) {
        if (stream.head().target().equals("/throw")) {
            throw new IllegalStateException("a handler's fault");
        }
        boolean throwing = stream.head().target().equals("/answer-then-throw");
        PlainAnswer.give(stream, 200);
        if (throwing) {
            throw new UncheckedIOException(new IOException("another socket's, gone in this turn"));
        }
    }

    private static void malformed(ServerStream stream, Failure why) {
        PlainAnswer.give(stream, why.kind().status());
    }

    private static Listener listen(Loops loops) {
        return loops.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        16,
                        ServerSettings.DEFAULT,
                        new Listener.ConnectionLimits(16, 0),
                        ServerFaultsTest::handle,
                        ServerFaultsTest::malformed)
                .join();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aHandlerThatThrowsFailsItsExchangeAndNoOther(Transport transport) throws Exception {
        Available.require(transport);
        try (Loops loops = Loops.start(transport, 1, Clock.system())) {
            Listener listener = listen(loops);
            int port = listener.address().getPort();
            try (var other = RawClient.connect(port);
                    var client = RawClient.connect(port)) {
                client.send(
                        "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(200);
                RawResponse failed = client.read();
                assertThat(failed.status()).isEqualTo(500);
                assertThat(failed.head().all("Connection")).isEqualTo(List.of("close"));
                assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(1000));
                for (int i = 0; i < 1000; i++) {
                    assertThat(other.read().status()).isEqualTo(200);
                }
            }
            LoopCounters counters = loops.all().getFirst().counters();
            Await.until("no connection", () -> counters.get(Count.CONNECTIONS_OPEN) == 0);
            listener.close().join();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anAnswerThatWasGivenBeforeTheFaultOfAnotherSocketGoesOut(Transport transport)
            throws Exception {
        Available.require(transport);
        try (Loops loops = Loops.start(transport, 1, Clock.system())) {
            Listener listener = listen(loops);
            try (var client = RawClient.connect(listener.address().getPort())) {
                client.send("GET /answer-then-throw HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(200);
            }
            listener.close().join();
        }
    }
}
