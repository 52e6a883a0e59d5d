package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two loops at the bound on the connections to one instance. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class UpstreamBoundTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final ScriptedUpstream server =
            ScriptedUpstream.start(Script.perRequest(new Step.RespondText(200, List.of(), "x")));
    private final Loops loops = Loops.start(Transport.preferred(), 2, Clock.system());
    private final Loop one = loops.all().get(0);
    private final Loop two = loops.all().get(1);

    @AfterEach
    void close() {
        loops.close();
        server.close();
    }

    private Upstream upstream(int connections) {
        return new Upstream(
                loops,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                new UpstreamSettings(
                        LONG, LONG, LONG, LONG, 4, LONG, connections, HeadLimits.DEFAULT));
    }

    private static <T> T on(Loop loop, Supplier<T> what) {
        return CompletableFuture.supplyAsync(what, loop).orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** Sends a call from the loop itself; false if the bound is reached. */
    private static boolean send(OneCall call, Loop loop, Upstream upstream) {
        loop.tick();
        UpstreamCall made = upstream.call(loop, false);
        if (made == null) {
            return false;
        }
        call.call = made;
        made.send(call, call);
        return true;
    }

    private void assertOpen(Upstream upstream, int connections) {
        Await.until(connections + " counted", () -> upstream.connections() == connections);
        server.await(
                connections + " open connections", () -> server.openConnections() == connections);
    }

    @Test
    void whatIsIdleOnAnotherLoopIsClosedForACall() throws Exception {
        Upstream upstream = upstream(1);
        for (int i = 0; i < 5; i++) {
            assertThat(OneCall.get().on(one, upstream).await().outcome()).isEqualTo("x");
            assertThat(OneCall.get().on(two, upstream).await().outcome()).isEqualTo("x");
        }
        assertThat(server.connections()).hasSize(10);
        assertOpen(upstream, 1);
    }

    @Test
    void theOldestOfThemIsClosed() throws Exception {
        CountDownLatch early = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        Upstream upstream = upstream(2);
        Step.RespondText answer = new Step.RespondText(200, List.of(), "x");
        server.script(
                Script.perRequest(new Step.Await(early, LONG), answer),
                Script.perRequest(new Step.Await(late, LONG), answer),
                Script.perRequest(answer));
        OneCall first = OneCall.get().on(one, upstream);
        server.awaitConnections(1);
        OneCall second = OneCall.get().on(one, upstream);
        server.awaitRequests(2);
        early.countDown();
        first.await();
        late.countDown();
        second.await();
        assertThat(OneCall.get().on(two, upstream).await().outcome()).isEqualTo("x");
        assertOpen(upstream, 2);
        assertThat(server.connections().getFirst().open()).isFalse();
    }

    @Test
    void noMoreAskThanAreIdleAndTheBoundHolds() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Upstream upstream = upstream(2);
        OneCall.get().on(one, upstream).await();
        server.script(
                Script.perRequest(
                        new Step.Await(release, LONG), new Step.RespondText(200, List.of(), "y")));
        OneCall second = OneCall.get();
        OneCall third = OneCall.get();
        OneCall fourth = OneCall.get();
        assertThat(
                        on(
                                two,
                                () ->
                                        List.of(
                                                send(second, two, upstream),
                                                send(third, two, upstream),
                                                send(fourth, two, upstream))))
                .containsExactly(true, true, false);
        server.awaitRequests(3);
        assertThat(upstream.connections()).isEqualTo(2);
        assertThat(on(one, () -> send(OneCall.get(), one, upstream))).isFalse();
        release.countDown();
        assertThat(second.await().outcome()).isEqualTo("y");
        assertThat(third.await().outcome()).isEqualTo("y");
        assertOpen(upstream, 2);
    }

    /** One call asks for the idle connection of the other loop, which does this before it hears. */
    private void meanwhile(Upstream upstream, OneCall asking, Runnable then) {
        on(
                one,
                () -> {
                    assertThat(on(two, () -> send(asking, two, upstream))).isTrue();
                    then.run();
                    return one;
                });
    }

    @Test
    void oneThatIsUsedAfterAllIsNotClosed() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Step.RespondText answer = new Step.RespondText(200, List.of(), "x");
        server.script(
                Script.once(
                        new Step.ReadRequest(),
                        answer,
                        new Step.ReadRequest(),
                        new Step.Await(release, LONG),
                        answer,
                        new Step.HoldUntilPeerEnds()));
        Upstream upstream = upstream(1);
        OneCall.get().on(one, upstream).await();
        OneCall asking = OneCall.get();
        OneCall using = OneCall.get();
        meanwhile(upstream, asking, () -> assertThat(send(using, one, upstream)).isTrue());
        assertThat(asking.await().outcome()).isEqualTo("overloaded");
        assertThat(asking.isRetrySafe()).isTrue();
        release.countDown();
        assertThat(using.await().outcome()).isEqualTo("x");
        assertThat(server.connections()).hasSize(1);
        // The claim is gone with it.
        assertThat(OneCall.get().on(two, upstream).await().outcome()).isEqualTo("x");
        assertOpen(upstream, 1);
    }

    @Test
    void thePlaceOfACallThatIsGivenUpMeanwhileIsFreeAgain() throws Exception {
        Upstream upstream = upstream(1);
        OneCall.get().on(one, upstream).await();
        OneCall asking = OneCall.get();
        meanwhile(
                upstream,
                asking,
                () ->
                        on(
                                two,
                                () -> {
                                    UpstreamCall made = asking.call;
                                    if (made != null) {
                                        made.cancel();
                                    }
                                    return two;
                                }));
        assertOpen(upstream, 0);
        assertThat(OneCall.get().on(two, upstream).await().outcome()).isEqualTo("x");
        assertOpen(upstream, 1);
    }
}
