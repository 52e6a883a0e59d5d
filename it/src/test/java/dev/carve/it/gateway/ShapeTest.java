package dev.carve.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.config.Alternative;
import dev.carve.gateway.ActionMaker;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.http.Head;
import dev.carve.http.Loop;
import dev.carve.http.LoopCounters.Count;
import dev.carve.http.Loops;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** That what comes later can plug in: nothing here opens a client's socket unless it says so. */
@ExtendWith(NoLeaks.class)
@Timeout(30)
class ShapeTest {

    @Test
    void exchangeRunsThroughAllPhasesWithoutASocket() throws Exception {
        try (var gateway =
                RunningGateway.start(
                        "services: {}\nroutes: [{ match: \"/a/{x}\", respond: { body: hello } }]\n")) {
            Loop loop = gateway.loops().all().getFirst();
            var stream = new FakeStream(loop, get("/a/b"));
            var unknown = new FakeStream(loop, get("/c"));

            run(gateway, stream);
            run(gateway, unknown);

            assertThat(stream.answer().get(5, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(stream.answer().join().body()).isEqualTo("hello");
            assertThat(unknown.answer().get(5, TimeUnit.SECONDS).status()).isEqualTo(404);
            stream.released().get(5, TimeUnit.SECONDS);
            unknown.released().get(5, TimeUnit.SECONDS);
            assertThat(gateway.count(Count.CONNECTIONS_ACCEPTED)).isZero();
            assertThat(gateway.count(Count.UPSTREAM_OPENED)).isZero();
        }
    }

    @Test
    void actionRunsACallThatNoClientMade() throws Exception {
        try (var upstream = ScriptedUpstream.start(Script.perRequest(new Step.Echo()));
                var gateway = RunningGateway.start(RunningGateway.forwardingTo(upstream.port()))) {
            Loop loop = gateway.loops().all().getFirst();
            var forward = PortForward.to(gateway.loops(), upstream.port());
            var kept = new KeptAnswer();
            var head = new Head().startRequest("POST", "/x").add("Host", "h");

            loop.execute(() -> forward.start(new ScriptedCall(loop, head, "ab", "cd"), kept));

            assertThat(kept.whole().get(5, TimeUnit.SECONDS)).isEqualTo("200 abcd");
            assertThat(gateway.count(Count.CONNECTIONS_ACCEPTED)).isZero();
        }
    }

    @Test
    void clientThatLeavesCancelsItsCallAndEndsTheExchangeOnce() throws Exception {
        try (var upstream = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var gateway = RunningGateway.start(RunningGateway.forwardingTo(upstream.port()))) {
            Loop loop = gateway.loops().all().getFirst();
            var stream = new FakeStream(loop, get("/"));
            run(gateway, stream);
            upstream.awaitRequests(1);

            loop.execute(stream::abandon);

            stream.released().get(5, TimeUnit.SECONDS);
            assertThat(gateway.count(Count.UPSTREAM_OPEN)).isZero();
            assertThat(stream.isCommitted()).isFalse();
        }
    }

    @Test
    void oneRequestMakesTwoCallsOfWhichOneIsCommitted() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"))) {
            for (String request :
                    List.of(
                            "GET /a HTTP/1.1\r\nHost: h\r\nX: 1\r\n\r\n",
                            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")) {
                var kept = new KeptAnswer();
                try (var gateway = mirroring(old.port(), fresh.port(), kept);
                        var client = RawClient.connect(gateway.port())) {
                    RawResponse response = client.send(request).read();

                    assertThat(response.body().kept().text()).isEqualTo("old");
                    assertThat(kept.whole().get(5, TimeUnit.SECONDS)).isEqualTo("200 new");
                }
            }
            assertThat(old.requests()).hasSize(2);
            assertThat(fresh.requests()).hasSize(2);
            assertThat(fresh.requests().get(1).body().kept().text()).isEqualTo("hi");
        }
    }

    @Test
    void committedAnswerDoesNotWaitForACopyThatStalls() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(Script.perRequest(new Step.Stall()))) {
            try (var gateway = mirroring(old.port(), fresh.port(), new KeptAnswer());
                    var client = RawClient.connect(gateway.port())) {
                for (int i = 0; i < 3; i++) {
                    RawResponse response = client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").read();
                    assertThat(response.body().kept().text()).isEqualTo("old");
                }
            }
        }
    }

    @Test
    void headOfAnotherProtocolIsRoutedAndWrittenLikeAnyOther() throws Exception {
        try (var upstream = ScriptedUpstream.start(answering("two"));
                var gateway =
                        RunningGateway.start(
                                """
                                forwarded: off
                                services: { two: http://127.0.0.1:%d }
                                routes:
                                  - { match: /, respond: 500 }
                                  - { match: "POST shop.example/orders/{id}", to: two }
                                """
                                        .formatted(upstream.port()))) {
            Loop loop = gateway.loops().all().getFirst();
            Http2Head request =
                    Http2Head.decode(
                            wire(
                                    "body",
                                    ":method",
                                    "POST",
                                    ":scheme",
                                    "http",
                                    ":path",
                                    "/orders/7?q=1",
                                    ":authority",
                                    "shop.example",
                                    "x-twice",
                                    "1",
                                    "x-twice",
                                    "2"));
            var stream = new FakeStream(loop, request.head(), request.body());

            run(gateway, stream);

            assertThat(stream.answer().get(5, TimeUnit.SECONDS).body()).isEqualTo("two");
            var sent = upstream.requests().getFirst();
            assertThat(sent.head().startLine()).isEqualTo("POST /orders/7?q=1 HTTP/1.1");
            assertThat(sent.head().fields())
                    .extracting(Object::toString)
                    .containsExactly(
                            "x-twice: 1",
                            "x-twice: 2",
                            "host: shop.example",
                            "Transfer-Encoding: chunked");
            assertThat(sent.body().kept().text()).isEqualTo("body");
        }
    }

    private static Head get(String target) {
        return new Head().startRequest("GET", target).add("Host", "h");
    }

    private static void run(RunningGateway gateway, FakeStream stream) {
        stream.loop().execute(() -> gateway.gateway().handle(stream));
    }

    private static Script answering(String body) {
        return Script.perRequest(new Step.RespondText(200, List.of(), body));
    }

    private static RunningGateway mirroring(int old, int fresh, KeptAnswer kept) {
        Function<Loops, ActionMaker> makers =
                loops ->
                        settings ->
                                settings instanceof Mirror.Settings
                                        ? new Mirror(
                                                PortForward.to(loops, old),
                                                PortForward.to(loops, fresh),
                                                kept)
                                        : null;
        return RunningGateway.start(
                "forwarded: off\nservices: {}\nroutes: [{ match: /, mirror: x }]\n",
                makers,
                List.of(new Alternative<>(ActionSettings.class, Mirror.Settings.class)));
    }

    /** Preface, SETTINGS, HEADERS and DATA of one request. */
    private static byte[] wire(String body, String... fields) {
        var block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            literal(block, fields[i]);
            literal(block, fields[i + 1]);
        }
        var wire = new ByteArrayOutputStream();
        wire.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        frame(wire, 4, 0, 0, new byte[0]);
        frame(wire, 1, 4, 1, block.toByteArray());
        frame(wire, 0, 1, 1, body.getBytes(StandardCharsets.ISO_8859_1));
        return wire.toByteArray();
    }

    private static void literal(ByteArrayOutputStream to, String text) {
        to.write(text.length());
        to.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void frame(
            ByteArrayOutputStream to, int type, int flags, int stream, byte[] payload) {
        to.write(payload.length >> 16);
        to.write(payload.length >> 8);
        to.write(payload.length);
        to.write(type);
        to.write(flags);
        to.writeBytes(new byte[] {0, 0, 0, (byte) stream});
        to.writeBytes(payload);
    }
}
