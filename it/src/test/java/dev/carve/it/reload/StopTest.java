package dev.carve.it.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.carve.it.clients.EchoSocket;
import dev.carve.it.clients.Origin;
import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.IncompleteMessageException;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that is told to end while clients are at it. */
@Timeout(120)
class StopTest {

    private static final int CLIENTS = 8;
    private static final List<String> NONE = List.of();
    private static final String SHUT_DOWN = "\"outcome\":\"shutting_down\",\"ended_by\":\"local\"";

    @TempDir Path temp = Path.of("");

    @Test
    void terminationUnderLoadLosesNoRequestAndExitsWithZero() throws Exception {
        try (var origin = Origin.start();
                var gateway = GatewayProcess.start(temp, forwardingTo(origin.port()));
                var load = ClosedLoop.start(gateway.port(), CLIENTS)) {
            Await.until(
                    "some load",
                    Duration.ofSeconds(20),
                    () -> load.answered() > 500,
                    () -> load.lost().toString());

            gateway.terminate();
            load.join(); // each client ends when it is told to and then refused

            assertThat(load.lost()).isEmpty();
            assertThat(load.answered()).isEqualTo(load.sent());
            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isZero();
            assertThat(gateway.errors()).doesNotContain("ERROR");
        }
    }

    @Test
    void requestUnderWayIsFinishedBeforeTheProcessEnds() throws Exception {
        try (var origin = Origin.start();
                var gateway = GatewayProcess.start(temp, forwardingTo(origin.port()));
                var client = RawClient.connect(gateway.port())) {
            client.send("POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
            awaitRequests(origin, 1);
            gateway.terminate();
            assertThat(client.staysQuiet(Duration.ofMillis(300))).isTrue();
            assertThat(gateway.isAlive()).isTrue();

            var response = client.send("cd").read("POST");

            assertThat(response.bodyText()).startsWith("4 ");
            assertThat(response.field("Connection")).contains("close");
            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isZero();
        }
    }

    @Test
    void readyzIsFalseDuringTheDelayWhileTheListenerAcceptsAndAnswers() throws Exception {
        try (var origin = Origin.start();
                var gateway =
                        GatewayProcess.start(
                                temp,
                                "shutdown: { delay: 10m, grace: 10s }\n"
                                        + forwardingTo(origin.port()));
                var kept = RawClient.connect(gateway.port())) {
            assertThat(small(kept).status()).isEqualTo(200);
            assertThat(gateway.admin("/readyz").status()).isEqualTo(200);

            gateway.terminate();
            awaitNotReady(gateway);

            assertThat(gateway.admin("/readyz").bodyText()).contains("stopping");
            assertThat(gateway.admin("/healthz").status()).isEqualTo(200);
            for (int i = 0; i < 20; i++) {
                try (var late = RawClient.connect(gateway.port())) {
                    assertThat(small(late).bodyText()).isEqualTo("hello");
                }
            }
            RawResponse answer = small(kept);
            assertThat(answer.bodyText()).isEqualTo("hello");
            assertThat(answer.field("Connection")).isEmpty();
            assertThat(gateway.isAlive()).isTrue();
        }
    }

    @Test
    void afterTheDelayItRefusesFinishesWhatIsOpenAndExitsWithZero() throws Exception {
        try (var origin = Origin.start();
                var gateway =
                        GatewayProcess.start(
                                temp,
                                "shutdown: { delay: 500ms, grace: 60s }\n"
                                        + forwardingTo(origin.port()));
                var idle = RawClient.connect(gateway.port());
                var client = RawClient.connect(gateway.port())) {
            assertThat(small(idle).status()).isEqualTo(200);
            client.send("POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
            awaitRequests(origin, 2);
            gateway.terminate();
            Await.until(
                    "connections refused",
                    Duration.ofSeconds(20),
                    () -> !Ports.accepts(gateway.port()),
                    gateway::errors);
            assertThat(gateway.isAlive()).isTrue();
            assertThat(idle.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);

            RawResponse response = client.send("cd").read("POST");

            assertThat(response.bodyText()).startsWith("4 ");
            assertThat(response.field("Connection")).contains("close");
            assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, TERM, 143", "INT, INT, 130", "TERM, INT, 130", "INT, TERM, 143"})
    void secondSignalEndsAtOnceWithItsNumber(String first, String second, int code)
            throws Exception {
        IgnoredSignals.assumeNone(first, second);
        try (var upstream = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var gateway =
                        GatewayProcess.start(
                                temp, "shutdown: 10m\n" + forwardingTo(upstream.port()));
                var client = RawClient.connect(gateway.port())) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            upstream.awaitRequests(1);
            gateway.signal(first);
            awaitNotReady(gateway);
            assertThat(client.staysQuiet(Duration.ofMillis(200))).isTrue();
            assertThat(gateway.isAlive()).isTrue();

            gateway.signal(second);

            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isEqualTo(code);
        }
    }

    @Test
    void secondSignalEndsTheDelayToo() throws Exception {
        try (var gateway =
                GatewayProcess.start(temp, "shutdown: { delay: 10m }\n" + forwardingTo(1))) {
            gateway.signal("TERM");
            awaitNotReady(gateway);

            gateway.signal("TERM");

            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isEqualTo(143);
        }
    }

    @Test
    void requestThatTheGraceDoesNotReachIsToldWhyLoggedAndCounted() throws Exception {
        try (var upstream = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var gateway =
                        GatewayProcess.start(
                                temp, "shutdown: 300ms\n" + forwardingTo(upstream.port()), NONE);
                var client = RawClient.connect(gateway.port())) {
            client.send("GET /stalled HTTP/1.1\r\nHost: h\r\n\r\n");
            upstream.awaitRequests(1);
            gateway.terminate();

            RawResponse response = client.read();

            assertThat(response.status()).isEqualTo(503);
            assertThat(response.field("Carve-Error")).contains("shutting_down");
            assertThat(response.field("Connection")).contains("close");
            assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isZero();
            assertThat(gateway.log().lines())
                    .singleElement(STRING)
                    .contains("\"target\":\"/stalled\"", "\"status\":503", SHUT_DOWN);
        }
    }

    @Test
    void answerThatTheGraceDoesNotReachIsCutAndLogged() throws Exception {
        String begun = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab";
        try (var upstream =
                        ScriptedUpstream.start(
                                Script.perRequest(new Step.Respond(begun), new Step.Stall()));
                var gateway =
                        GatewayProcess.start(
                                temp, "shutdown: 300ms\n" + forwardingTo(upstream.port()), NONE);
                var client = RawClient.connect(gateway.port())) {
            client.send("GET /begun HTTP/1.1\r\nHost: h\r\n\r\n").awaitBytes();
            gateway.terminate();

            assertThatThrownBy(client::read).isInstanceOf(IncompleteMessageException.class);

            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isZero();
            assertThat(gateway.log().lines())
                    .singleElement(STRING)
                    .contains("\"target\":\"/begun\"", "\"status\":200", SHUT_DOWN);
        }
    }

    @Test
    void tunnelThatTheGraceDoesNotReachIsLogged() throws Exception {
        try (var origin = Origin.start();
                var gateway =
                        GatewayProcess.start(
                                temp, "shutdown: 300ms\n" + forwardingTo(origin.port()), NONE);
                var http = HttpClient.newHttpClient();
                var socket = EchoSocket.open(http, gateway.port())) {
            assertThat(socket.echo("hello")).isEqualTo("hello");
            gateway.terminate();

            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isZero();
            assertThat(gateway.log().lines())
                    .singleElement(STRING)
                    .contains("\"target\":\"/websocket\"", "\"status\":101", SHUT_DOWN);
        }
    }

    /** Every line that was due at the end is there, though the last ones came with it. */
    @Test
    void terminationUnderLoadLosesNoLogLine() throws Exception {
        try (var origin = Origin.start();
                var gateway = GatewayProcess.start(temp, forwardingTo(origin.port()), NONE);
                var load = ClosedLoop.start(gateway.port(), CLIENTS)) {
            Await.until(
                    "some load",
                    Duration.ofSeconds(20),
                    () -> load.answered() > 500,
                    () -> load.lost().toString());
            gateway.terminate();
            load.join();
            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isZero();

            assertThat(gateway.log().lines().count()).isEqualTo(load.answered());
            assertThat(gateway.log()).endsWith("}\n");
        }
    }

    private static RawResponse small(RawClient client) throws IOException {
        return client.send("GET /small HTTP/1.1\r\nHost: h\r\n\r\n").read();
    }

    private static void awaitRequests(Origin origin, int count) {
        Await.until(
                count + " requests at the origin",
                Duration.ofSeconds(10),
                () -> origin.requests() == count,
                () -> Long.toString(origin.requests()));
    }

    private static void awaitNotReady(GatewayProcess gateway) {
        Await.until(
                "/readyz to say no",
                () -> {
                    try {
                        return gateway.admin("/readyz").status() == 503;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static String forwardingTo(int port) {
        return "services: { origin: http://127.0.0.1:%d }\nroutes: [{ match: /, to: origin }]\n"
                .formatted(port);
    }
}
