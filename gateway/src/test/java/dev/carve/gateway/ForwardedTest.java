package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.Head;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.RecordingUpstream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream is told of the client, and of what the client claims. */
@ExtendWith(NoLeaks.class)
class ForwardedTest {

    private static final String ID = "[0-9a-f]{32}";

    private static final String[] CLAIMS = {
        "X-Forwarded-For: 6.6.6.6",
        "x-forwarded-for: 7.7.7.7",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: pub.test",
        "X-Forwarded-Port: 8443"
    };

    private static Head sent(String settings, String... fields) throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(settings + RunningGateway.yaml(upstream.port()))) {
            gateway.get("/", fields);
            return upstream.awaitRequests(1).getFirst().head();
        }
    }

    @Test
    void whatIsNotClaimedIsAdded() throws Exception {
        Head head = sent("");
        assertThat(head.all("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(head.all("X-Forwarded-Proto")).containsExactly("http");
        assertThat(head.all("X-Forwarded-Host")).containsExactly("shop.test");
        assertThat(head.all("X-Forwarded-Port")).isEmpty();
        assertThat(head.all("X-Request-Id")).singleElement().asString().matches(ID);
        assertThat(head.all("Traceparent")).isEmpty();
    }

    @Test
    void whatAnUntrustedClientClaimsIsReplaced() throws Exception {
        Head head = sent("forwarded: {trusted: [10.0.0.0/8]}\n", CLAIMS);
        assertThat(head.all("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(head.all("X-Forwarded-Proto")).containsExactly("http");
        assertThat(head.all("X-Forwarded-Host")).containsExactly("shop.test");
        assertThat(head.all("X-Forwarded-Port")).isEmpty();
    }

    @Test
    void whatATrustedPeerSaysIsKeptAndItsAddressAppended() throws Exception {
        Head head = sent("forwarded: {trusted: [10.0.0.0/8, 127.0.0.0/8]}\n", CLAIMS);
        assertThat(head.all("X-Forwarded-For")).containsExactly("6.6.6.6, 7.7.7.7, 127.0.0.1");
        assertThat(head.all("X-Forwarded-Proto")).containsExactly("https");
        assertThat(head.all("X-Forwarded-Host")).containsExactly("pub.test");
        assertThat(head.all("X-Forwarded-Port")).containsExactly("8443");
    }

    @Test
    void whatATrustedPeerDoesNotSayIsAdded() throws Exception {
        Head head = sent("forwarded: {trusted: [127.0.0.0/8]}\n", "X-Forwarded-Proto: https");
        assertThat(head.all("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(head.all("X-Forwarded-Proto")).containsExactly("https");
        assertThat(head.all("X-Forwarded-Host")).containsExactly("shop.test");
        Head other = sent("forwarded: {trusted: [127.0.0.0/8]}\n", "X-Forwarded-For: 9.9.9.9");
        assertThat(other.all("X-Forwarded-For")).containsExactly("9.9.9.9, 127.0.0.1");
        assertThat(other.all("X-Forwarded-Proto")).containsExactly("http");
    }

    @Test
    void nothingIsAddedOrTakenWhereItIsOff() throws Exception {
        Head head = sent("forwarded: off\n", CLAIMS);
        assertThat(head.all("X-Forwarded-For")).containsExactly("6.6.6.6", "7.7.7.7");
        assertThat(head.all("X-Forwarded-Port")).containsExactly("8443");
        assertThat(head.has("X-Request-Id")).isFalse();
    }

    // Ids.

    @ParameterizedTest
    @ValueSource(strings = {"abc-1", "x", "a~!@#$%^&*()_+{}|:?`-=[];',./"})
    void aUsableRequestIdIsKept(String id) throws Exception {
        assertThat(sent("", "X-Request-Id: " + id).all("X-Request-Id")).containsExactly(id);
    }

    @Test
    void aRequestIdIsKeptUpTo128Bytes() throws Exception {
        String longest = "x".repeat(128);
        assertThat(sent("", "X-Request-Id: " + longest).all("X-Request-Id"))
                .containsExactly(longest);
        assertThat(sent("", "X-Request-Id: " + longest + "x").all("X-Request-Id"))
                .singleElement()
                .asString()
                .matches(ID);
    }

    /** It goes into logs and pages, which must not be written by a client. */
    @ParameterizedTest
    @ValueSource(strings = {"a\"b", "a\\b", "a<b", "a>b", "a b", "a\tb", ""})
    void anotherRequestIdIsReplaced(String id) throws Exception {
        assertThat(sent("", "X-Request-Id: " + id).all("X-Request-Id"))
                .singleElement()
                .asString()
                .matches(ID);
    }

    @Test
    void aRequestIdGivenTwiceIsReplaced() throws Exception {
        assertThat(sent("", "X-Request-Id: a", "X-Request-Id: b").all("X-Request-Id"))
                .singleElement()
                .asString()
                .matches(ID);
    }

    @Test
    void noRequestIdIsAddedWhereItIsOff() throws Exception {
        assertThat(sent("forwarded: {request_id: false}\n").has("X-Request-Id")).isFalse();
    }

    private static String traceOf(RecordedRequest request) {
        return request.head().first("Traceparent").orElse("");
    }

    @Test
    void aTraceOfItsOwnBeginsWithEachRequestThatIsNotInOne() throws Exception {
        String given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(
                                "forwarded: {traceparent: true}\n"
                                        + RunningGateway.yaml(upstream.port()))) {
            gateway.get("/");
            gateway.get("/", "X-Request-Id: mine");
            gateway.get("/", "X-Request-Id: mine");
            gateway.get("/", "Traceparent: " + given);
            List<RecordedRequest> seen = upstream.awaitRequests(4);
            String made = seen.getFirst().head().first("X-Request-Id").orElse("");
            assertThat(traceOf(seen.get(0))).matches("00-" + made + "-[0-9a-f]{16}-01");
            assertThat(seen.subList(0, 3))
                    .extracting(request -> traceOf(request).substring(3, 35))
                    .doesNotHaveDuplicates()
                    .allMatch(trace -> trace.matches(ID))
                    .doesNotContain("0".repeat(32));
            assertThat(seen.get(3).head().all("Traceparent")).containsExactly(given);
        }
    }

    @Test
    void routeHasTheLastWordOnWhatTheGatewayAdds() throws Exception {
        String route =
                """
                routes:
                  - match: /
                    to: monolith
                    rewrite: { host: inner.test }
                    headers:
                      request:
                        remove: [X-Forwarded-For, X-Request-Id]
                        set: { x-forwarded-proto: https, Host: outer.test }
                        add: { X-Forwarded-Host: second.test }
                """;
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(
                                "services: { monolith: http://127.0.0.1:%d }%n%s"
                                        .formatted(upstream.port(), route))) {
            gateway.get("/", CLAIMS);
            Head head = upstream.awaitRequests(1).getFirst().head();
            assertThat(head.all("X-Forwarded-For")).isEmpty();
            assertThat(head.all("X-Request-Id")).isEmpty();
            assertThat(head.all("X-Forwarded-Proto")).containsExactly("https");
            assertThat(head.all("X-Forwarded-Host")).containsExactly("shop.test", "second.test");
            assertThat(head.all("Host")).containsExactly("outer.test");
        }
    }
}
