package dev.carve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ScriptedUpstreamTest {

    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

    @Test
    void requestsAreRecordedExactlyAndAnsweredOnOneConnection() throws IOException {
        try (var upstream = RecordingUpstream.start();
                var client = RawClient.connect(upstream.port())) {
            client.send(
                    "POST /x HTTP/1.1\r\nHOST:h\r\nX:  \t1 \r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("3;e=1\r\nabc\r\n02\r\nde\r\n0\r\nT: 1\r\n\r\n");
            RawResponse answer = client.read("POST");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.reason()).isEqualTo("OK");
            assertThat(answer.bodyText()).isEqualTo(RecordingUpstream.BODY);
            assertThat(client.send(GET).read().status()).isEqualTo(200);

            List<RecordedRequest> seen = upstream.awaitRequests(2);
            RecordedRequest post = seen.getFirst();
            assertThat(post.method() + " " + post.target()).isEqualTo("POST /x");
            assertThat(post.head().fields())
                    .containsExactly(
                            new Field("HOST", "h"),
                            new Field("X", "1"),
                            new Field("Transfer-Encoding", "chunked"));
            assertThat(post.head().bytes().text()).contains("X:  \t1 \r\n");
            assertThat(post.body().kept().text()).isEqualTo("abcde");
            assertThat(post.body().chunks()).isEqualTo(2);
            assertThat(post.body().trailers()).containsExactly(new Field("T", "1"));
            assertThat(post.excess().isEmpty()).isTrue();
            assertThat(upstream.connections()).hasSize(1);
        }
    }

    @Test
    void aSecondRequestInTheSameBytesIsSeen() throws IOException {
        try (var upstream = RecordingUpstream.start();
                var client = RawClient.connect(upstream.port())) {
            client.send(GET + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(upstream.requests().getFirst().excess().text()).startsWith("GET /smuggled");
        }
    }

    @Test
    void malformedAndIncompleteRequestsAreToldApart() throws IOException {
        try (var upstream = RecordingUpstream.start()) {
            try (var client = RawClient.connect(upstream.port())) {
                client.send("GET / HTTP/1.1\nHost: h\n\n");
                client.readToEnd();
            }
            try (var client = RawClient.connect(upstream.port())) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
                        .halfClose();
                assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
            }
            upstream.awaitNoOpenConnections();
            assertThat(upstream.connections().getFirst().problem())
                    .get()
                    .asString()
                    .contains("0x0a");
            assertThat(upstream.connections().get(1).problem()).isEmpty();
            assertThat(upstream.connections().get(1).incomplete().text()).isEqualTo("ab");
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void theStrictReaderRefusesWhatCouldBeReadTwoWays() throws IOException {
        for (String fields :
                List.of(
                        "Content-Length: 1\r\nContent-Length: 1",
                        "Content-Length: +1",
                        "Content-Length: 1\r\nTransfer-Encoding: chunked",
                        "Transfer-Encoding: chunked, chunked",
                        "Transfer-Encoding : chunked",
                        "A: b\r\n folded",
                        "A: \0")) {
            try (var upstream = RecordingUpstream.start();
                    var client = RawClient.connect(upstream.port())) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n\r\nx");
                client.readToEnd();
                upstream.awaitNoOpenConnections();
                assertThat(upstream.connections().getFirst().problem()).as(fields).isPresent();
                assertThat(upstream.requests()).as(fields).isEmpty();
            }
        }
    }

    @Test
    void faultsLookToTheClientAsTheyAreNamed() throws IOException {
        var stopped = new CountDownLatch(1);
        try (var upstream =
                ScriptedUpstream.start(
                        Script.oneRequest(new Step.Reset()),
                        Script.oneRequest(new Step.CloseSocket()),
                        Script.oneRequest(new Step.Truncate(10, "abc")),
                        Script.oneRequest(new Step.BadChunk("abc")),
                        Script.oneRequest(new Step.Signal(stopped), new Step.Stall()),
                        Script.oneRequest(
                                new Step.InformationalThen(
                                        103,
                                        List.of(new Field("Link", "</a>")),
                                        new Step.CloseAfterResponse(503, "no"))))) {
            assertThatThrownBy(() -> ask(upstream))
                    .isInstanceOfSatisfying(
                            IncompleteMessageException.class,
                            e -> assertThat(e.wasReset()).isTrue());
            assertThatThrownBy(() -> ask(upstream))
                    .isInstanceOfSatisfying(
                            IncompleteMessageException.class,
                            e -> assertThat(e.wasReset()).isFalse());
            assertThatThrownBy(() -> ask(upstream))
                    .isInstanceOfSatisfying(
                            IncompleteMessageException.class,
                            e -> assertThat(e.received().text()).isEqualTo("abc"));
            assertThatThrownBy(() -> ask(upstream)).isInstanceOf(MalformedMessageException.class);
            try (var client = RawClient.connect(upstream.port())) {
                client.send(GET);
                Await.until("the stall", () -> stopped.getCount() == 0);
                assertThat(client.staysQuiet(Duration.ofMillis(20))).isTrue();
                assertThatThrownBy(() -> client.within(Duration.ofMillis(20)).read())
                        .isInstanceOf(SocketTimeoutException.class);
            }
            RawResponse last = ask(upstream);
            assertThat(last.status()).isEqualTo(503);
            assertThat(last.interim()).hasSize(1);
            assertThat(last.interim().getFirst().field("link")).contains("</a>");
        }
    }

    @Test
    void aRefusingPortRefusesAndCanAcceptAgain() throws IOException {
        try (var upstream = RecordingUpstream.start()) {
            upstream.refuseConnections();
            assertThat(Ports.accepts(upstream.port())).isFalse();
            upstream.acceptConnections();
            assertThat(ask(upstream).status()).isEqualTo(200);
        }
    }

    @Test
    void aSilentPortAnswersNothing() {
        try (var silent = Ports.silent()) {
            assertThat(Ports.accepts(silent.port())).isFalse();
        }
    }

    @Test
    void piecesArriveWholeAndInOrder() throws IOException {
        try (var upstream = ScriptedUpstream.start(Script.perRequest(new Step.Echo()));
                var client = RawClient.connect(upstream.port())) {
            Octets post = Octets.of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde");
            assertThat(client.dribble(post, 7, Duration.ofNanos(1)).read("POST").bodyText())
                    .isEqualTo("abcde");
            assertThat(client.sendSplit(post, () -> {}, 1, 16, 17).read("POST").bodyText())
                    .isEqualTo("abcde");
        }
    }

    @Test
    void waitingInVainSaysForWhatAndWhatWasFound() {
        assertThatThrownBy(() ->
                        Await.until("the moon", Duration.ofMillis(5), () -> false, () -> "sun"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("waited PT0.005S for: the moon; found: sun");
    }

    private static RawResponse ask(ScriptedUpstream upstream) throws IOException {
        try (var client = RawClient.connect(upstream.port())) {
            return client.send(GET).read();
        }
    }
}
