package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How long connections that nobody needs are kept. Time is turned by hand. */
@ExtendWith(NoLeaks.class)
class UpstreamPoolTest {

    private static final Duration EXCESS = Duration.ofSeconds(2);
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration A_LITTLE = Duration.ofMillis(100);

    private final ScriptedUpstream server =
            ScriptedUpstream.start(Script.perRequest(new Step.RespondText(200, List.of(), "x")));

    private static UpstreamSettings keeping(int idleKept) {
        return new UpstreamSettings(
                IDLE, IDLE, IDLE, IDLE, idleKept, EXCESS, 16, HeadLimits.DEFAULT);
    }

    private Upstream upstream(TurnedLoop loop, int idleKept) {
        return new Upstream(
                loop.loops(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                keeping(idleKept));
    }

    /** So many calls at once, all of them answered. */
    private static void burst(TurnedLoop loop, Upstream upstream, int calls) throws Exception {
        List<KeptAnswer> answers = new ArrayList<>();
        loop.on(() -> {
            loop.loop().tick();
            for (int i = 0; i < calls; i++) {
                UpstreamCall call = upstream.call(loop.loop(), false);
                if (call != null) {
                    KeptAnswer answer = new KeptAnswer();
                    answers.add(answer);
                    call.send(Asked.get(), answer);
                }
            }
            return calls;
        });
        assertThat(answers).hasSize(calls);
        for (KeptAnswer answer : answers) {
            assertThat(answer.text.get(10, TimeUnit.SECONDS)).isEqualTo("x");
        }
    }

    /** What is open by the pool's own count, and a little later by the server's. */
    private void assertOpen(Upstream upstream, int connections) {
        assertThat(upstream.connections()).isEqualTo(connections);
        server.await(
                connections + " open connections", () -> server.openConnections() == connections);
    }

    @Test
    void whatABurstLeavesIsClosedSoonButForAFewThatAreKeptForLong() throws Exception {
        try (server;
                var loop = new TurnedLoop(Transport.preferred())) {
            Upstream upstream = upstream(loop, 4);
            burst(loop, upstream, 10);
            assertOpen(upstream, 10);
            loop.turn(EXCESS.minus(A_LITTLE));
            assertOpen(upstream, 10);
            loop.turn(A_LITTLE.multipliedBy(2));
            assertOpen(upstream, 4);
            loop.turn(IDLE.minus(EXCESS).minus(A_LITTLE.multipliedBy(2)));
            assertOpen(upstream, 4);
            loop.turn(A_LITTLE.multipliedBy(2));
            assertOpen(upstream, 0);
            assertThat(loop.count(Count.UPSTREAM_OPENED)).isEqualTo(10);
        }
    }

    @Test
    void thoseKeptCarryTheNextCallsAndTheOthersStillAge() throws Exception {
        try (server;
                var loop = new TurnedLoop(Transport.preferred())) {
            Upstream upstream = upstream(loop, 2);
            burst(loop, upstream, 5);
            loop.turn(EXCESS.minus(A_LITTLE));
            burst(loop, upstream, 3);
            assertThat(loop.count(Count.UPSTREAM_OPENED)).isEqualTo(5);
            loop.turn(A_LITTLE.multipliedBy(2));
            assertOpen(upstream, 3); // The two of them that were not used are too old.
            loop.turn(EXCESS);
            assertOpen(upstream, 2);
            burst(loop, upstream, 2);
            assertThat(loop.count(Count.UPSTREAM_OPENED)).isEqualTo(5);
        }
    }

    @Test
    void noneIsKeptForLongWhereNoneShouldBe() throws Exception {
        try (server;
                var loop = new TurnedLoop(Transport.preferred())) {
            Upstream upstream = upstream(loop, 0);
            burst(loop, upstream, 3);
            assertOpen(upstream, 3);
            loop.turn(EXCESS.plus(A_LITTLE));
            assertOpen(upstream, 0);
        }
    }
}
