package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.Loop;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests with a body that are sent again, since the first connection was lost. */
@Timeout(30)
@ExtendWith(NoLeaks.class)
class ReplayTest {

    /** Takes a whole request and answers nothing. */
    private static final Script LOST = Script.oneRequest(new Step.CloseSocket());

    private static final Script ECHO = Script.perRequest(new Step.Echo());

    private static String put(int length) {
        return "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: "
                + length
                + "\r\n\r\n"
                + "x".repeat(length);
    }

    @Test
    void bodyIsSentAgainWhole() throws Exception {
        try (var upstream = ScriptedUpstream.start(LOST, ECHO);
                var gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            RawResponse answer = client.send(put(60_000)).read("PUT");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().byteCount()).isEqualTo(60_000);
            assertThat(upstream.requests()).hasSize(2);
            assertThat(upstream.requests().get(1).body().byteCount()).isEqualTo(60_000);
        }
    }

    @Test
    void chunkedBodyIsSentAgainWithItsTrailer() throws Exception {
        try (var upstream = ScriptedUpstream.start(LOST, ECHO);
                var gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            RawResponse answer =
                    client.send(
                                    "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-End: 1\r\n\r\n")
                            .read("PUT");

            assertThat(answer.bodyText()).isEqualTo("hello world");
            assertThat(upstream.requests().get(1).body().trailers())
                    .extracting(field -> field.name() + "=" + field.value())
                    .containsExactly("X-End=1");
        }
    }

    @Test
    void attemptThatIsLostWithinTheBodyIsMadeAgainFromItsBeginning() throws Exception {
        Script lostWithin =
                Script.once(new Step.ReadHead(), new Step.ReadBytes(5), new Step.Reset());
        try (var upstream = ScriptedUpstream.start(lostWithin, ECHO);
                var gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            client.send("PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello");
            upstream.awaitConnections(2);
            RawResponse answer = client.send("world").read("PUT");

            assertThat(answer.bodyText()).isEqualTo("helloworld");
        }
    }

    @Test
    void bodyBeyondItsBoundIsNotSentAgain() throws Exception {
        try (var upstream = ScriptedUpstream.start(LOST, ECHO);
                var gateway = RunningGateway.to(upstream.port(), "replay: 1KiB");
                RawClient client = gateway.client()) {
            assertThat(client.send(put(1025)).read("PUT").status()).isEqualTo(502);
            assertThat(client.send(put(1024)).read("PUT").status()).isEqualTo(200);
        }
    }

    @Test
    void chunkedBodyThatGrowsBeyondItsBoundIsNotSentAgain() throws Exception {
        try (var upstream = ScriptedUpstream.start(LOST, ECHO);
                var gateway = RunningGateway.to(upstream.port(), "replay: 8B");
                RawClient client = gateway.client()) {
            RawResponse answer =
                    client.send(
                                    "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
                            .read("PUT");

            assertThat(answer.status()).isEqualTo(502);
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @Test
    void requestThatMayNotBeRepeatedIsNotSentAgain() throws Exception {
        try (var upstream = ScriptedUpstream.start(LOST, ECHO);
                var gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            RawResponse answer =
                    client.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")
                            .read("POST");

            assertThat(answer.status()).isEqualTo(502);
            assertThat(upstream.requests()).hasSize(1);
        }
    }

    @Test
    void largeBodyThatIsAnsweredAtOnceGoesThroughUnkept() throws Exception {
        try (var upstream =
                        ScriptedUpstream.start(
                                Script.perRequest(new Step.RespondText(200, List.of(), "ok")));
                var gateway = RunningGateway.to(upstream.port(), "replay: 16MiB");
                RawClient client = gateway.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(put(4 << 20)).read("PUT").bodyText()).isEqualTo("ok");
            }
            assertThat(upstream.requests()).allMatch(each -> each.body().byteCount() == 4 << 20);
        }
    }

    @Test
    void bodyIsSentAgainAsOftenAsTheServiceSays() throws Exception {
        try (var upstream = ScriptedUpstream.start(LOST, LOST, ECHO);
                var gateway =
                        RunningGateway.start(
                                """
                                services: { m: { urls: "http://127.0.0.1:%d", retries: 3 } }
                                routes: [{ match: /, to: m }]
                                """
                                        .formatted(upstream.port()));
                RawClient client = gateway.client()) {
            RawResponse answer = client.send(put(60_000)).read("PUT");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().byteCount()).isEqualTo(60_000);
            assertThat(upstream.requests()).hasSize(3);
            awaitNothingKept(gateway);
        }
    }

    /** From then on nobody will send it again, however long the exchange lasts. */
    @Test
    void nothingIsKeptOnceAnAnswerHasBegun() throws Exception {
        Script begins =
                Script.once(
                        new Step.ReadRequest(),
                        new Step.Respond("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"),
                        new Step.HoldUntilPeerEnds());
        try (var upstream = ScriptedUpstream.start(begins);
                var gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            client.send(put(60_000)).awaitBytes();

            awaitNothingKept(gateway);
            assertThat(upstream.openConnections()).isEqualTo(1);
        }
    }

    private static void awaitNothingKept(RunningGateway gateway) {
        Await.until("no body to be kept", () -> keepsNothing(gateway));
    }

    /** Whether all that a loop may keep can be had. */
    private static boolean keepsNothing(RunningGateway gateway) {
        int all = 16 << 20;
        var had = new CompletableFuture<Boolean>();
        Loop loop = gateway.loops.all().getFirst();
        loop.execute(() -> {
            LoopState state = LoopState.of(loop);
            boolean taken = state.takeReplay(all);
            if (taken) {
                state.giveReplay(all);
            }
            had.complete(taken);
        });
        return had.join();
    }
}
