package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
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

    /** A call whose end closes the one kept connection and opens a new one, all in that turn. */
    private static final class Closing extends OneCall {

        private final Loop loop;
        private final Upstream upstream;
        final OneCall onIts = OneCall.get();
        final OneCall onNew = OneCall.get();

        Closing(Loop loop, Upstream upstream) {
            super(new Head().startRequest("GET", "/").add("Host", "h"), null, false);
            this.loop = loop;
            this.upstream = upstream;
        }

        @Override
        public void end(@Nullable Head trailer) {
            take().send(onIts, onIts);
            take().cancel();
            take().send(onNew, onNew);
            super.end(trailer);
        }

        private UpstreamCall take() {
            return Objects.requireNonNull(upstream.call(loop, false));
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aNewConnectionHearsNothingOfTheSocketThatHadItsDescriptor(Transport transport)
            throws Exception {
        Available.require(transport);
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(round(transport)).as("round %d", round).isEqualTo("ab");
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

    private String round(Transport transport) throws Exception {
        try (var server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
                Loops loops = Loops.start(transport, 1, Clock.system())) {
            Loop loop = loops.all().getFirst();
            Upstream upstream = upstream(loops, server);
            var closing = new Closing(loop, upstream);
            closing.on(loop, upstream);
            try (Socket first = accept(server)) {
                readRequest(first);
                OneCall kept = OneCall.get().on(loop, upstream);
                Socket second = accept(server);
                readRequest(second);
                answer(second, "x");
                kept.await();

                var released = new CountDownLatch(1);
                holdLoop(loop, released);
                answer(first, "x");
                second.close();
                List<Closeable> fillers = fill();
                released.countDown();

                readRequest(first);
                answer(first, "a");
                try (Socket third = accept(server)) {
                    readRequest(third);
                    answer(third, "b");
                    return closing.onIts.await().outcome() + closing.onNew.await().outcome();
                } finally {
                    for (Closeable each : fillers) {
                        each.close();
                    }
                }
            }
        }
    }

    /** Takes the free numbers, so that the next one is that of the next descriptor to be closed. */
    private List<Closeable> fill() throws IOException {
        Path file = folder.resolve("filler");
        List<Closeable> fillers = new ArrayList<>();
        for (int i = 0; i < FILLERS; i++) {
            fillers.add(new FileOutputStream(file.toFile()));
        }
        return fillers;
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
