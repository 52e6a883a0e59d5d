package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.Transport;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Octets;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every bound of the wire is a setting, holds where it is set and not before, and is counted: what
 * just fits passes, what is one more does not, and a metric says which bound it was. The bound on
 * what waits for slow readers is in {@link CarveConnectionsTest}, idle connections to services in
 * {@link CarveIdleTest}.
 */
@ExtendWith(NoLeaks.class)
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
class CarveBoundsTest {

    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String POST = "POST /a HTTP/1.1\r\nHost: h\r\n";
    private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private static final Script GOOD = Script.perRequest(new Step.Respond(HELLO));
    private static final Script HOLDING =
            Script.once(new Step.ReadRequest(), new Step.HoldUntilPeerEnds());
    private static final Pattern SAMPLE =
            Pattern.compile("^(carve_[^ ]+) ([0-9.eE+]+)$", Pattern.MULTILINE);

    private static final String CLOSED = "carve_connections_closed_total{reason=\"%s\"}";
    private static final String REFUSED = "carve_connections_refused_total{reason=\"%s\"}";

    private final Transport transport;

    CarveBoundsTest(Transport transport) {
        this.transport = transport;
    }

    private interface Conversation {
        void with(RawClient client, CarveUnderTest carve) throws Exception;
    }

    /** A gateway with that bound, one client, and nothing left afterwards. */
    private void bounded(String limits, String service, Script script, Conversation conversation)
            throws Exception {
        Available.require(transport);
        try (var upstream = ScriptedUpstream.start(script);
                var carve = new CarveUnderTest(transport)) {
            int port =
                    carve.start(
                            """
                            limits: { %s }
                            services: { upstream: { urls: [http://127.0.0.1:%d]%s } }
                            routes: [{ match: /, to: upstream }]
                            """
                                    .formatted(limits, upstream.port(), service));
            try (var client = RawClient.connect(port)) {
                conversation.with(client, carve);
            }
            carve.awaitNoConnections();
        }
    }

    private void bounded(String limits, Conversation conversation) throws Exception {
        bounded(limits, "", GOOD, conversation);
    }

    private static Map<String, Double> samples(CarveUnderTest carve) {
        try {
            return SAMPLE.matcher(carve.metrics())
                    .results()
                    .collect(
                            Collectors.toMap(
                                    found -> found.group(1),
                                    found -> Double.parseDouble(found.group(2))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The count follows what it counts a little later. */
    private static void assertCounted(CarveUnderTest carve, String sample, double count) {
        Await.until(
                sample + " " + count,
                Duration.ofSeconds(10),
                () -> samples(carve).getOrDefault(sample, 0.0) == count,
                () -> String.valueOf(samples(carve).get(sample)));
    }

    private static void assertFailed(CarveUnderTest carve, String code) {
        Pattern failed = Pattern.compile("carve_failures_total\\{.*code=\"" + code + "\".*");
        Await.until(
                "one failure " + code,
                Duration.ofSeconds(10),
                () ->
                        samples(carve).entrySet().stream()
                                .anyMatch(each ->
                                        failed.matcher(each.getKey()).matches()
                                                && each.getValue() == 1),
                () -> samples(carve).keySet().toString());
    }

    private static void assertRefused(RawResponse answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.field("Carve-Error")).contains(code);
    }

    // Connections.

    @Test
    void connectionsInAll() throws Exception {
        bounded(
                "connections: 2",
                (client, carve) -> {
                    assertThat(client.send(GET).read().status()).isEqualTo(200);
                    try (var second = carve.connect()) {
                        assertThat(second.send(GET).read().status()).isEqualTo(200);
                        try (var third = carve.connect()) {
                            assertRefused(third.read(), 503, "overloaded");
                            assertThat(third.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                        }
                    }
                    assertCounted(carve, REFUSED.formatted("total"), 1);
                    assertCounted(carve, REFUSED.formatted("address"), 0);
                    assertCounted(carve, "carve_connections_open", 1);
                    try (var later = carve.connect()) {
                        assertThat(later.send(GET).read().status()).isEqualTo(200);
                    }
                });
    }

    @Test
    void connectionsOfOneAddress() throws Exception {
        bounded(
                "connections_per_address: 1",
                (client, carve) -> {
                    assertThat(client.send(GET).read().status()).isEqualTo(200);
                    try (var second = carve.connect()) {
                        assertRefused(second.read(), 503, "overloaded");
                    }
                    assertCounted(carve, REFUSED.formatted("address"), 1);
                    assertCounted(carve, REFUSED.formatted("total"), 0);
                });
    }

    @Test
    void requestsOfOneConnection() throws Exception {
        bounded(
                "requests_per_connection: 3",
                (client, carve) -> {
                    client.send(GET + GET + GET + GET);
                    for (int i = 1; i <= 3; i++) {
                        RawResponse answer = client.read();
                        assertThat(answer.status()).isEqualTo(200);
                        assertThat(answer.field("Connection").isPresent()).isEqualTo(i == 3);
                    }
                    assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                    assertCounted(carve, CLOSED.formatted("requests"), 1);
                    assertCounted(carve, "carve_wire_requests_total", 3);
                });
    }

    // Heads.

    @Test
    void bytesOfARequestHead() throws Exception {
        String head = "GET /a HTTP/1.1\r\nHost: h\r\nX: %s\r\n\r\n";
        int fits = 1024 - head.formatted("").length();
        bounded(
                "head: 1KiB",
                (client, carve) -> {
                    client.send(head.formatted("x".repeat(fits)));
                    assertThat(client.read().status()).isEqualTo(200);
                    client.send(head.formatted("x".repeat(fits + 1)));
                    assertRefused(client.read(), 431, "head_too_large");
                    assertFailed(carve, "head_too_large");
                    assertCounted(carve, "carve_wire_requests_malformed_total", 1);
                });
    }

    @Test
    void bytesOfAnAnswersHead() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: %s\r\n\r\n";
        int fits = 1024 - head.formatted("").length();
        bounded(
                "head: 1KiB",
                "",
                Script.once(
                        new Step.ReadRequest(),
                        new Step.Respond(head.formatted("x".repeat(fits))),
                        new Step.ReadRequest(),
                        new Step.Respond(head.formatted("x".repeat(fits + 1))),
                        new Step.HoldUntilPeerEnds()),
                (client, carve) -> {
                    assertThat(client.send(GET).read().status()).isEqualTo(200);
                    assertRefused(client.send(GET).read(), 502, "bad_response");
                    assertFailed(carve, "bad_response");
                });
    }

    @Test
    void bytesOfATarget() throws Exception {
        String head = "GET /%s HTTP/1.1\r\nHost: h\r\n\r\n";
        bounded(
                "target: 64B",
                (client, carve) -> {
                    client.send(head.formatted("x".repeat(63)));
                    assertThat(client.read().status()).isEqualTo(200);
                    client.send(head.formatted("x".repeat(64)));
                    assertRefused(client.read(), 414, "target_too_long");
                    assertFailed(carve, "target_too_long");
                });
    }

    @Test
    void fieldsOfAHead() throws Exception {
        bounded(
                "fields: 5",
                (client, carve) -> {
                    client.send("GET /a HTTP/1.1\r\nHost: h\r\n" + "X: y\r\n".repeat(4) + "\r\n");
                    assertThat(client.read().status()).isEqualTo(200);
                    client.send("GET /a HTTP/1.1\r\nHost: h\r\n" + "X: y\r\n".repeat(5) + "\r\n");
                    assertRefused(client.read(), 431, "head_too_large");
                    assertFailed(carve, "head_too_large");
                });
    }

    @Test
    void fieldsOfAnAnswersHead() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n%s\r\n";
        bounded(
                "fields: 5",
                "",
                Script.once(
                        new Step.ReadRequest(),
                        new Step.Respond(head.formatted("X: y\r\n".repeat(4))),
                        new Step.ReadRequest(),
                        new Step.Respond(head.formatted("X: y\r\n".repeat(5))),
                        new Step.HoldUntilPeerEnds()),
                (client, carve) -> {
                    assertThat(client.send(GET).read().status()).isEqualTo(200);
                    assertRefused(client.send(GET).read(), 502, "bad_response");
                    assertFailed(carve, "bad_response");
                });
    }

    /** From its first byte: one that goes on coming, byte by byte, is as late as one that stops. */
    @Test
    void timeOfAHead() throws Exception {
        bounded(
                "head_time: 200ms, idle: 1h",
                (client, carve) -> {
                    assertThat(client.send(GET).read().status()).isEqualTo(200);
                    client.send("GET /a HT");
                    assertRefused(client.read(), 408, "head_timeout");
                    assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                    assertCounted(carve, CLOSED.formatted("head_timeout"), 1);
                    assertFailed(carve, "head_timeout");
                });
    }

    @Test
    void timeBetweenTwoRequests() throws Exception {
        bounded(
                "idle: 100ms, head_time: 1h",
                (client, carve) -> {
                    assertThat(client.send(GET).read().status()).isEqualTo(200);
                    assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                    assertCounted(carve, CLOSED.formatted("idle"), 1);
                    assertCounted(carve, CLOSED.formatted("head_timeout"), 0);
                });
    }

    // Bodies.

    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length: 11\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nb\r\n"})
    void bytesOfABody(String framing) throws Exception {
        bounded(
                "body: 10B",
                (client, carve) -> {
                    client.send(POST + "Content-Length: 10\r\n\r\n0123456789");
                    assertThat(client.read().status()).isEqualTo(200);
                    client.send(POST + framing + "01234567890");
                    assertRefused(client.read(), 413, "body_too_large");
                    assertFailed(carve, "body_too_large");
                });
    }

    @Test
    void timeWithoutAByteOfABody() throws Exception {
        bounded(
                "body_stall: 200ms, idle: 1h",
                (client, carve) -> {
                    client.send(POST + "Content-Length: 10\r\n\r\n01234");
                    assertRefused(client.read(), 408, "request_timeout");
                    assertCounted(carve, CLOSED.formatted("body_timeout"), 1);
                    assertFailed(carve, "request_timeout");
                });
    }

    @Test
    void timeWithoutTakingAByteOfAnAnswer() throws Exception {
        int size = 32 << 20;
        Octets bulk =
                Octets.parse(
                        "HTTP/1.1 200 OK\\r\\nContent-Length: SIZE\\r\\n\\r\\n\\{x*SIZE}"
                                .replace("SIZE", Integer.toString(size)));
        bounded(
                "send_stall: 200ms, idle: 1h, body_stall: 1h",
                "",
                Script.perRequest(new Step.Respond(bulk)),
                (client, carve) -> {
                    client.send(GET).readExactly(12);
                    assertCounted(carve, "carve_connections_open", 0);
                    assertCounted(carve, CLOSED.formatted("body_timeout"), 1);
                    assertCounted(carve, "carve_buffered_bytes", 0);
                });
    }

    /** So much is read of a body that nobody wants; its connection goes on if that was all. */
    @Test
    void bytesThatAreThrownAway() throws Exception {
        Script early =
                new Script(
                        List.of(
                                new Step.ReadHead(),
                                new Step.Respond(HELLO),
                                new Step.HoldUntilPeerEnds()),
                        false);
        bounded(
                "discard: 100B",
                "",
                early,
                (client, carve) -> {
                    client.send(POST + "Content-Length: 100\r\n\r\n");
                    assertThat(client.read("POST").bodyText()).isEqualTo("hello");
                    client.send("x".repeat(100) + POST + "Content-Length: 1000\r\n\r\n");
                    assertThat(client.read("POST").bodyText()).isEqualTo("hello");
                    client.send("x".repeat(100));
                    assertCounted(carve, "carve_discarded_bytes_total", 200);
                    assertThat(client.staysQuiet(Duration.ofMillis(20))).isTrue();
                    client.send("x");
                    assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                    assertCounted(carve, "carve_discarded_bytes_total", 201);
                });
    }

    @Test
    void timeWithoutAByteThatIsThrownAway() throws Exception {
        Script early =
                Script.once(
                        new Step.ReadHead(), new Step.Respond(HELLO), new Step.HoldUntilPeerEnds());
        bounded(
                "body_stall: 200ms, idle: 1h, head_time: 1h",
                "",
                early,
                (client, carve) -> {
                    client.send(POST + "Content-Length: 100\r\n\r\n01234");
                    assertThat(client.read("POST").bodyText()).isEqualTo("hello");
                    assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                    assertCounted(carve, CLOSED.formatted("body_timeout"), 1);
                });
    }

    // Services.

    @Test
    void connectionsToAnInstance() throws Exception {
        bounded(
                "",
                ", connections: 1",
                HOLDING,
                (client, carve) -> {
                    client.send(GET);
                    assertCounted(carve, "carve_upstream_connections_open", 1);
                    try (var second = carve.connect()) {
                        assertRefused(second.send(GET).read(), 503, "overloaded");
                    }
                    assertFailed(carve, "overloaded");
                });
    }

    @Test
    void requestsAtAnInstance() throws Exception {
        bounded(
                "",
                ", requests: 1",
                HOLDING,
                (client, carve) -> {
                    client.send(GET);
                    assertCounted(carve, "carve_upstream_connections_open", 1);
                    try (var second = carve.connect()) {
                        assertRefused(second.send(GET).read(), 503, "overloaded");
                    }
                    assertFailed(carve, "overloaded");
                });
    }

    @Test
    void timeOfAnAnswersHead() throws Exception {
        bounded(
                "",
                ", timeouts: { response: 200ms, idle: 1h }",
                HOLDING,
                (client, carve) -> {
                    assertRefused(client.send(GET).read(), 504, "response_timeout");
                    assertFailed(carve, "response_timeout");
                });
    }

    @Test
    void timeBetweenTwoBytesOfAnAnswer() throws Exception {
        bounded(
                "",
                ", timeouts: { response: 1h, idle: 200ms }",
                Script.once(
                        new Step.ReadRequest(),
                        new Step.Respond("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"),
                        new Step.HoldUntilPeerEnds()),
                (client, carve) -> {
                    client.send(GET);
                    assertThat(client.readToEnd().text()).endsWith("hel");
                    assertFailed(carve, "idle_timeout");
                });
    }
}
