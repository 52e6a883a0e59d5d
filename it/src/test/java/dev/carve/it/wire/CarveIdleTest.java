package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.http.Transport;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a burst leaves open at the services, as they see it: {@code idle_kept} connections of each
 * loop to each instance, and the rest no longer than {@code idle_excess}.
 */
@ExtendWith(NoLeaks.class)
class CarveIdleTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final int BURST = 24;
    private static final Duration WITHIN = Duration.ofSeconds(10);

    /** Answers once so many requests have come, to all instances together. */
    private static ScriptedUpstream answeringTogether(CountDownLatch all) {
        return ScriptedUpstream.start(
                Script.perRequest(
                        new Step.Signal(all),
                        new Step.Await(all, WITHIN),
                        new Step.RespondText(200, List.of(), "x")));
    }

    private static int start(
            CarveUnderTest carve, ScriptedUpstream one, ScriptedUpstream other, String settings) {
        return carve.start(
                """
                services:
                  upstream:
                    urls: [http://127.0.0.1:%d, http://127.0.0.1:%d]
                    timeouts: { idle: 1h }
                    %s
                routes: [{ match: /, to: upstream }]
                """
                        .formatted(one.port(), other.port(), settings));
    }

    /** Asks from so many connections at once; all have been answered when this returns. */
    private static void burst(int port, int requests) throws IOException {
        var clients = new ArrayList<RawClient>();
        try {
            for (int i = 0; i < requests; i++) {
                clients.add(RawClient.connect(port).send(GET));
            }
            for (RawClient client : clients) {
                assertThat(client.read().bodyText()).isEqualTo("x");
            }
        } finally {
            clients.forEach(RawClient::close);
        }
    }

    private static void awaitOpen(ScriptedUpstream upstream, int connections) {
        upstream.await(
                connections + " open connections", () -> upstream.openConnections() == connections);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aBurstLeavesAsManyConnectionsToEachInstanceAsAreKept(Transport transport)
            throws Exception {
        Available.require(transport);
        var all = new CountDownLatch(BURST);
        try (var one = answeringTogether(all);
                var other = answeringTogether(all);
                var carve = new CarveUnderTest(transport)) {
            int port = start(carve, one, other, "idle_kept: 3\n    idle_excess: 50ms");
            burst(port, BURST);
            assertThat(carve.count(Count.UPSTREAM_OPENED)).isEqualTo(BURST);
            awaitOpen(one, 3);
            awaitOpen(other, 3);
            // Those are kept to be used: the next six requests need no other.
            burst(port, 6);
            assertThat(carve.count(Count.UPSTREAM_OPENED)).isEqualTo(BURST);
            assertThat(one.openConnections()).isEqualTo(3);
            assertThat(other.openConnections()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void nothingIsLeftOpenWhereNoneIsKept(Transport transport) throws Exception {
        Available.require(transport);
        var all = new CountDownLatch(BURST);
        try (var one = answeringTogether(all);
                var other = answeringTogether(all);
                var carve = new CarveUnderTest(transport)) {
            burst(start(carve, one, other, "idle_kept: 0\n    idle_excess: 50ms"), BURST);
            one.awaitNoOpenConnections();
            other.awaitNoOpenConnections();
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void aConnectionIsClosedAtOnceWhereNoneIsKeptAtAll(Transport transport) throws Exception {
        Available.require(transport);
        try (var one = answeringTogether(new CountDownLatch(0));
                var other = answeringTogether(new CountDownLatch(0));
                var carve = new CarveUnderTest(transport);
                var client =
                        RawClient.connect(
                                start(carve, one, other, "idle_kept: 0\n    idle_excess: 0s"))) {
            for (int i = 1; i <= 4; i++) {
                assertThat(client.send(GET).read().status()).isEqualTo(200);
                one.awaitNoOpenConnections();
                other.awaitNoOpenConnections();
                assertThat(carve.count(Count.UPSTREAM_OPENED)).isEqualTo(i);
            }
        }
    }
}
