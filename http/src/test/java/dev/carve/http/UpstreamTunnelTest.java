package dev.carve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An upstream connection that has left HTTP, on each transport. */
@ExtendWith(NoLeaks.class)
class UpstreamTunnelTest {

    private static final Duration WAIT = Duration.ofSeconds(10);

    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";

    /** A client that is not read to at first, and then sends into the tunnel. */
    private static final class SlowClient extends KeptAnswer {
        final CompletableFuture<Boolean> upstreamEnded = new CompletableFuture<>();
        final BodyByHand sent = new BodyByHand(-1);

        @Override
        public void head(ResponseHead head) {
            super.head(head);
            BodySource from = head.source();
            if (from != null) {
                from.pause();
            }
            call.join().tunnelFrom(sent);
        }

        @Override
        public void halfClosed() {
            upstreamEnded.complete(true);
        }

        void read(TurnedLoop loop) {
            loop.on(() -> {
                BodySource from = source;
                if (from != null) {
                    from.resume();
                }
                return true;
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void anUpstreamThatEndsWhileItsClientIsSlowIsStillSentTo(Transport transport) throws Exception {
        Available.require(transport);
        try (var server =
                        ScriptedUpstream.start(
                                Script.once(
                                        new Step.ReadRequest(),
                                        new Step.Respond(SWITCH + "hello"),
                                        new Step.HalfClose()));
                var loop = new TurnedLoop(transport)) {
            Upstream upstream =
                    new Upstream(
                            loop.loops(),
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                            UpstreamSettings.DEFAULT);
            SlowClient client = new SlowClient();
            loop.on(() -> {
                loop.loop().tick();
                UpstreamCall call = upstream.call(loop.loop(), false);
                if (call != null) {
                    client.call.complete(call);
                    call.send(Asked.upgrade(), client);
                }
                return true;
            });
            assertThat(client.status.get(WAIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(101);
            long head = server.awaitRequests(1).getFirst().head().bytes().length();
            // Some transports tell of the end though nobody reads: they get the time to.
            for (int turn = 0; turn < 50; turn++) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                loop.on(() -> true);
            }
            client.read(loop);
            assertThat(client.upstreamEnded.get(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            client.sent.push(loop, "still taken");
            server.await(
                    "what came after its end",
                    () ->
                            server.connections().getFirst().bytesReceived()
                                    == head + "still taken".length());
            client.sent.end(loop);
            assertThat(client.text.get(WAIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("hello");
            server.awaitNoOpenConnections();
            Await.until("no connection", () -> loop.count(Count.UPSTREAM_OPEN) == 0);
        }
    }
}
