package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A connection that is opened in the turn in which another was closed has that one's descriptor,
 * and the loop may still have to work off what became of the old socket. So it waits for the end of
 * that turn.
 */
@ExtendWith(NoLeaks.class)
class NewSocketTest {

    /** Another thread may open something at the wrong moment, and take the descriptor. */
    private static final int ROUNDS = 10;

    /** More than there are free numbers below those of the sockets. */
    private static final int FILLERS = 256;

    private static final String HALF_A_REQUEST =
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\naaaa";

    @TempDir private Path folder = Path.of("");

    private static Socket accept(ServerSocket server) throws IOException {
        server.setSoTimeout(10_000);
        Socket accepted = server.accept();
        accepted.setSoTimeout(10_000);
        return accepted;
    }

    private static void readRequest(Socket from) throws IOException {
        var lines =
                new BufferedReader(
                        new InputStreamReader(from.getInputStream(), StandardCharsets.US_ASCII));
        while (!lines.readLine().isEmpty()) {
            // To the end of the head, and there is no body.
        }
    }

    private static void answer(Socket to, String body) throws IOException {
        String text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + body;
        to.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A call whose end gives up the one kept connection and may open a new one, in that turn. */
    private static final class Closing extends OneCall {

        private final Loop loop;
        private final Upstream upstream;
        private final boolean opens;
        final OneCall onIts = OneCall.get();
        final OneCall onNew = OneCall.get();

        Closing(Loop loop, Upstream upstream, boolean opens) {
            super(new Head().startRequest("GET", "/").add("Host", "h"), null, false);
            this.loop = loop;
            this.upstream = upstream;
            this.opens = opens;
        }

        @Override
        public void end(@Nullable Head trailer) {
            take().send(onIts, onIts);
            take().cancel();
            if (opens) {
                take().send(onNew, onNew);
            }
            super.end(trailer);
        }

        private UpstreamCall take() {
            return Objects.requireNonNull(upstream.call(loop, false));
        }
    }

    /** A service of which two connections are open: one that is about to answer, and a kept one. */
    private final class Service implements AutoCloseable {

        final ServerSocket socket = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        private final Loop loop;
        final Closing closing;
        private final Socket first;
        private final Socket kept;
        private final List<Closeable> fillers = new ArrayList<>();

        Service(Loops loops, boolean opens) throws Exception {
            loop = loops.all().getFirst();
            Upstream upstream = upstream(loops, socket);
            closing = new Closing(loop, upstream, opens);
            closing.on(loop, upstream);
            first = accept(socket);
            readRequest(first);
            OneCall second = OneCall.get().on(loop, upstream);
            kept = accept(socket);
            readRequest(kept);
            answer(kept, "x");
            second.await();
        }

        /**
         * In one turn the loop reads the first answer, what is done meanwhile, and the end of the
         * kept connection, whose descriptor is by then that of the next one opened.
         */
        <T> T inOneTurn(Meanwhile<T> meanwhile) throws IOException {
            var released = new CountDownLatch(1);
            holdLoop(loop, released);
            answer(first, "x");
            T done = meanwhile.run();
            kept.close();
            // Takes the free numbers, so that the next one is that of the next socket closed.
            for (int i = 0; i < FILLERS; i++) {
                fillers.add(new FileOutputStream(folder.resolve("filler").toFile()));
            }
            released.countDown();
            readRequest(first);
            answer(first, "a");
            return done;
        }

        @Override
        public void close() throws IOException {
            for (Closeable each : fillers) {
                each.close();
            }
            first.close();
            kept.close();
            socket.close();
        }
    }

    private interface Meanwhile<T> {
        T run() throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aNewConnectionHearsNothingOfTheSocketThatHadItsDescriptor(Transport transport)
            throws Exception {
        Available.require(transport);
        for (int round = 0; round < ROUNDS; round++) {
            try (Loops loops = Loops.start(transport, 1, Clock.system());
                    var service = new Service(loops, true)) {
                service.inOneTurn(() -> service);
                try (Socket third = accept(service.socket)) {
                    readRequest(third);
                    answer(third, "b");
                    Closing closing = service.closing;
                    assertThat(closing.onIts.await().outcome()).isEqualTo("a");
                    assertThat(closing.onNew.await().outcome())
                            .as("round %d", round)
                            .isEqualTo("b");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anAcceptedConnectionHearsNothingOfItEither(Transport transport) throws Exception {
        Available.require(transport);
        for (int round = 0; round < ROUNDS; round++) {
            try (Loops loops = Loops.start(transport, 1, Clock.system());
                    var service = new Service(loops, false)) {
                Listener listener = listen(loops);
                int port = listener.address().getPort();
                // Nobody takes the first body, so that reading stops, and goes on for the rest.
                try (var client =
                        service.inOneTurn(() -> RawClient.connect(port).send(HALF_A_REQUEST))) {
                    assertThat(client.read("POST").status()).isEqualTo(200);
                    client.send("bbbb" + "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                    assertThat(client.read().status()).as("round %d", round).isEqualTo(200);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void oneThatIsNotWantedBeforeItsLoopHasItOpensNothing(Transport transport) throws Exception {
        Available.require(transport);
        try (var server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
                Loops loops = Loops.start(transport, 1, Clock.system())) {
            Loop loop = loops.all().getFirst();
            Upstream upstream = upstream(loops, server);
            OneCall given = OneCall.get();
            loop.execute(() -> {
                UpstreamCall call = Objects.requireNonNull(upstream.call(loop, false));
                call.send(given, given);
                call.cancel();
            });
            OneCall kept = OneCall.get().on(loop, upstream);
            try (Socket only = accept(server)) {
                readRequest(only);
                answer(only, "x");
                assertThat(kept.await().outcome()).isEqualTo("x");
            }
            server.setSoTimeout(100);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
            assertThat(loop.counters().get(Count.UPSTREAM_OPENED)).isEqualTo(1);
            assertThat(loop.counters().get(Count.UPSTREAM_FAILED)).isZero();
        }
    }

    private static Upstream upstream(Loops loops, ServerSocket server) {
        return new Upstream(
                loops,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()),
                UpstreamSettings.DEFAULT);
    }

    private static Listener listen(Loops loops) {
        return loops.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        16,
                        ServerSettings.DEFAULT,
                        new Listener.ConnectionLimits(16, 0),
                        stream -> stream.loop().execute(() -> PlainAnswer.give(stream, 200)),
                        (stream, why) -> PlainAnswer.give(stream, why.kind().status()))
                .join();
    }

    /** All that happens until then is worked off in one turn. */
    private static void holdLoop(Loop loop, CountDownLatch released) {
        var held = new CompletableFuture<@Nullable Void>();
        loop.execute(() -> {
            held.complete(null);
            Await.until("the release", () -> released.getCount() == 0);
        });
        held.join();
    }
}
