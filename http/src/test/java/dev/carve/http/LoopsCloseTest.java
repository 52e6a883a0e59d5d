package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.carve.http.LoopCounters.Count;
import dev.carve.runtime.Clock;
import dev.carve.runtime.Failure;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of the loops, with connections and listeners still open. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LoopsCloseTest {

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    /** What a handler was told, and whether its loop was at work then. */
    private record Told(Failure.Kind kind, boolean onItsLoop) {}

    private final Queue<Told> told = new ConcurrentLinkedQueue<>();

    private static Loops start(Transport transport) {
        assumeTrue(transport.isAvailable(), transport + " is not available here");
        return Loops.start(transport, 2, Clock.system());
    }

    /** Keeps every request without an answer. */
    private Listener listen(Loops loops) {
        return loops.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        128,
                        ServerSettings.DEFAULT,
                        new Listener.ConnectionLimits(100, 0),
                        stream ->
                                stream.listen(why -> {
                                    told.add(new Told(why.kind(), stream.loop().isCurrent()));
                                    stream.abort(why);
                                    stream.release();
                                }),
                        (stream, _) -> stream.release())
                .join();
    }

    private static long count(Loops loops, Count count) {
        return loops.all().stream().mapToLong(loop -> loop.counters().get(count)).sum();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void whoHandlesARequestIsToldWhileTheLoopStillRuns(Transport transport) throws Exception {
        Loops loops = start(transport);
        Listener listener = listen(loops);
        try (var one = RawClient.connect(listener.address().getPort());
                var other = RawClient.connect(listener.address().getPort());
                var idle = RawClient.connect(listener.address().getPort());
                var half = RawClient.connect(listener.address().getPort())) {
            one.send(REQUEST);
            other.send(REQUEST + REQUEST); // The second is not begun before the first has ended.
            half.send("GET / HT");
            Await.until(
                    "two requests on four connections",
                    () ->
                            count(loops, Count.REQUESTS) == 2
                                    && count(loops, Count.CONNECTIONS_OPEN) == 4);

            loops.close();

            Told shuttingDown = new Told(Failure.Kind.SHUTTING_DOWN, true);
            assertThat(told).containsExactly(shuttingDown, shuttingDown);
            for (RawClient each : List.of(one, other, idle, half)) {
                assertThat(each.awaitEnd()).isNotNull();
            }
            assertThat(count(loops, Count.CONNECTIONS_OPEN)).isZero();
            assertThat(listener.connections()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void closingAListenerReturnsAlsoWhenTheLoopsHaveEnded(Transport transport) throws Exception {
        Loops loops = start(transport);
        Listener untouched = listen(loops);
        Listener draining = listen(loops);
        Listener closed = listen(loops);
        closed.close().get(10, TimeUnit.SECONDS);

        // The loop is held, so that its end comes while the drain still has to look twice.
        var held = new CountDownLatch(1);
        loops.acceptor().execute(() -> await(held));
        CompletableFuture<Void> drained = draining.drain();
        held.countDown();
        loops.close();

        drained.get(10, TimeUnit.SECONDS);
        for (Listener each : List.of(untouched, draining, closed)) {
            each.close().get(10, TimeUnit.SECONDS);
            each.drain().get(10, TimeUnit.SECONDS);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void closingTwiceIsNothingMore(Transport transport) {
        Loops loops = start(transport);
        loops.close();
        loops.close();

        assertThat(told).isEmpty();
    }
}
