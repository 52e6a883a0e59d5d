package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.testkit.Await;
import dev.carve.testkit.Field;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Octets;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class GatewayTest {

    @Test
    void untouchedRequestLeavesAsItCame() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(
                                "forwarded: off\n" + RunningGateway.yaml(upstream.port()))) {
            String head =
                    "GET /a%2fb/?q=%20 HTTP/1.1\r\nhOST:  Shop.Test:81 \r\nX-B: 2\r\nx-a:1\r\n"
                            + "X-B: \t3\r\nCookie: a=b\r\n\r\n";
            try (RawClient client = gateway.client()) {
                client.send(head).read();
            }
            RecordedRequest seen = upstream.awaitRequests(1).getFirst();
            assertThat(seen.head().bytes().toString()).isEqualTo(asOctets(head));
        }
    }

    private static String asOctets(String text) {
        return Octets.of(text).toString();
    }

    @Test
    void routeEditsFieldsOfBothDirections() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.perRequest(
                                        new Step.RespondText(
                                                200,
                                                List.of(
                                                        new Field("Server", "old"),
                                                        new Field("x-set", "old"),
                                                        new Field("X-Out", "a")),
                                                "x")));
                RunningGateway gateway =
                        RunningGateway.to(
                                upstream.port(),
                                "headers:",
                                "  request: {remove: [x-gone], set: {X-Set: new}, add: {X-Add: b}}",
                                "  response: {remove: [server], set: {X-Set: d}, add: {X-Out: c}}")) {
            RawResponse answer = gateway.get("/", "X-Gone: 1", "X-Set: old", "X-Add: a");
            var head = upstream.awaitRequests(1).getFirst().head();
            assertThat(head.has("X-Gone")).isFalse();
            assertThat(head.all("X-Set")).containsExactly("new");
            assertThat(head.all("X-Add")).containsExactly("a", "b");
            assertThat(answer.field("Server")).isEmpty();
            assertThat(answer.head().all("X-Set")).containsExactly("d");
            assertThat(answer.head().all("X-Out")).containsExactly("a", "c");
        }
    }

    @Test
    void rewritesChangePathAndHostAndKeepTheQuery() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(
                                """
                                services: {m: "http://127.0.0.1:%d"}
                                routes:
                                - match: /api/{rest...}
                                  to: m
                                  rewrite: {path: "/v2/{rest}", host: inner.test}
                                - match: /old/
                                  to: m
                                  rewrite: {strip_prefix: /old}
                                - match: /
                                  to: m
                                  rewrite: {strip_prefix: /new}
                                """
                                        .formatted(upstream.port()))) {
            gateway.get("/api/a%20b/c?d=e");
            gateway.get("/old/x?y");
            gateway.get("/new?y");
            gateway.get("/newer/x");
            gateway.get("/ne");
            List<RecordedRequest> seen = upstream.awaitRequests(5);
            assertThat(seen.get(0).target()).isEqualTo("/v2/a%20b/c?d=e");
            assertThat(seen.get(0).head().all("Host")).containsExactly("inner.test");
            assertThat(seen.get(0).head().all("X-Forwarded-Host")).containsExactly("shop.test");
            assertThat(seen.get(1).target()).isEqualTo("/x?y");
            assertThat(seen.get(1).head().all("Host")).containsExactly("shop.test");
            assertThat(seen.subList(2, 5))
                    .extracting(RecordedRequest::target)
                    .containsExactly("/?y", "/newer/x", "/ne");
        }
    }

    @Test
    void respondAndRedirectAnswerWithoutAnUpstream() throws Exception {
        try (RunningGateway gateway =
                RunningGateway.start(
                        """
                        routes:
                        - match: /hi
                          respond: {status: 201, body: hello, headers: {X-A: b}}
                        - match: /go/{where}
                          redirect: "https://{host}/to/{where}{query}"
                        """)) {
            RawResponse hi = gateway.get("/hi");
            assertThat(hi.status()).isEqualTo(201);
            assertThat(hi.bodyText()).isEqualTo("hello");
            assertThat(hi.field("X-A")).contains("b");
            RawResponse go = gateway.get("/go/home?a=b");
            assertThat(go.status()).isEqualTo(308);
            assertThat(go.field("Location")).contains("https://shop.test/to/home?a=b");
            try (RawClient client = gateway.client()) {
                client.send(RunningGateway.head("HEAD", "/hi") + RunningGateway.head("GET", "/hi"));
                assertThat(client.read("HEAD").field("Content-Length")).contains("5");
                assertThat(client.read().bodyText()).isEqualTo("hello"); // And none before.
            }
        }
    }

    @Test
    void noRouteIs404WithItsCodeAsPlainTextOrJson() throws Exception {
        try (RunningGateway gateway = RunningGateway.start("routes: []\n")) {
            RawResponse plain = gateway.get("/");
            assertThat(plain.status()).isEqualTo(404);
            assertThat(plain.field("Carve-Error")).contains("no_route");
            assertThat(plain.field("Content-Type")).contains("text/plain; charset=utf-8");
            RawResponse json = gateway.get("/", "Accept: application/json", "X-Request-Id: r1");
            assertThat(json.bodyText())
                    .isEqualTo(
                            "{\"error\":\"no_route\",\"message\":\"no route matches\","
                                    + "\"request_id\":\"r1\"}\n");
        }
    }

    @Test
    void ownErrorPageIsFilledIn() throws Exception {
        try (RunningGateway gateway =
                RunningGateway.start("errors: {404: \"<b>{status} {code} {request_id}</b>\"}\n")) {
            RawResponse answer = gateway.get("/", "X-Request-Id: r1", "Accept: application/json");
            assertThat(answer.bodyText()).isEqualTo("<b>404 no_route r1</b>");
            assertThat(answer.field("Content-Type")).contains("text/html; charset=utf-8");
        }
    }

    @Test
    void refusedConnectionIs502AndTheClientsConnectionGoesOn() throws Exception {
        try (Ports.Held refusing = Ports.refusing();
                RunningGateway gateway = RunningGateway.to(refusing.port());
                RawClient client = gateway.client()) {
            for (int i = 0; i < 2; i++) {
                RawResponse answer = client.send(RunningGateway.head("GET", "/")).read();
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.field("Carve-Error")).contains("connect_refused");
            }
        }
    }

    @Test
    void refusedConnectionIsTriedAtAnotherInstanceWhateverTheMethod() throws Exception {
        try (Ports.Held refusing = Ports.refusing();
                RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(
                                """
                                services: {m: ["http://127.0.0.1:%d", "http://127.0.0.1:%d"]}
                                routes: [{match: /, to: m}]
                                """
                                        .formatted(refusing.port(), upstream.port()))) {
            for (int i = 0; i < 4; i++) {
                assertThat(gateway.request("POST", "/", "Content-Length: 0").status())
                        .isEqualTo(200);
            }
            assertThat(upstream.requestCount()).isEqualTo(4);
        }
    }

    @Test
    void reusedConnectionClosedByUpstreamIsRetriedOnce() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.once(
                                        new Step.ReadRequest(),
                                        new Step.RespondText(200, List.of(), "one"),
                                        new Step.ReadRequest(),
                                        new Step.CloseSocket()),
                                Script.perRequest(new Step.RespondText(200, List.of(), "two")));
                RunningGateway gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            client.send(RunningGateway.head("GET", "/1"));
            assertThat(client.read().bodyText()).isEqualTo("one");
            client.send(RunningGateway.head("GET", "/2"));
            assertThat(client.read().bodyText()).isEqualTo("two");
            assertThat(upstream.requests())
                    .extracting(RecordedRequest::target)
                    .containsExactly("/1", "/2", "/2");
        }
    }

    @Test
    void aCallThatIsLostTwiceIsNotTriedAThirdTime() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.once(new Step.ReadRequest(), new Step.CloseSocket()));
                RunningGateway gateway = RunningGateway.to(upstream.port())) {
            RawResponse answer = gateway.get("/");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.field("Carve-Error")).contains("upstream_closed");
            assertThat(upstream.requestCount()).isEqualTo(2);
        }
    }

    @Test
    void lostPostIsSentAgainWhereItSaysThatItMayBe() throws Exception {
        for (String route : List.of("safe: true", "safe: false")) {
            try (ScriptedUpstream upstream =
                            ScriptedUpstream.start(
                                    Script.once(new Step.ReadRequest(), new Step.CloseSocket()),
                                    Script.perRequest(new Step.RespondText(200, List.of(), "x")));
                    RunningGateway gateway = RunningGateway.to(upstream.port(), route)) {
                String key = route.endsWith("true") ? "X: y" : "Idempotency-Key: 1";
                assertThat(gateway.request("POST", "/", "Content-Length: 0", key).status())
                        .isEqualTo(200);
                assertThat(upstream.requestCount()).isEqualTo(2);
            }
        }
    }

    @Test
    void lostPutWhoseBodyIsNotKeptIsNotSentAgain() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.once(new Step.ReadRequest(), new Step.CloseSocket()),
                                Script.perRequest(new Step.RespondText(200, List.of(), "no")));
                RunningGateway gateway = RunningGateway.to(upstream.port(), "replay: 0B");
                RawClient client = gateway.client()) {
            client.send(RunningGateway.head("PUT", "/", "Content-Length: 1") + "x");
            assertThat(client.read().status()).isEqualTo(502);
            assertThat(upstream.requestCount()).isEqualTo(1);
        }
    }

    @Test
    void lostPostIsNotSentAgain() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.once(new Step.ReadRequest(), new Step.CloseSocket()),
                                Script.perRequest(new Step.RespondText(200, List.of(), "no")));
                RunningGateway gateway = RunningGateway.to(upstream.port())) {
            RawResponse answer = gateway.request("POST", "/", "Content-Length: 0");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.field("Carve-Error")).contains("upstream_closed");
            assertThat(upstream.requestCount()).isEqualTo(1);
        }
    }

    @Test
    void slowAnswerIs504AtTheRoutesDeadlineWhichTheClientMayShorten() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.once(new Step.ReadRequest(), new Step.HoldUntilPeerEnds()));
                RunningGateway gateway = RunningGateway.to(upstream.port(), "timeout: 1h")) {
            RawResponse answer = gateway.get("/", "Carve-Timeout: 50");
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.field("Carve-Error")).contains("deadline_exceeded");
            upstream.awaitNoOpenConnections();
        }
    }

    @Test
    void aClientMayNotLengthenTheRoutesDeadline() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.once(new Step.ReadRequest(), new Step.HoldUntilPeerEnds()));
                RunningGateway gateway = RunningGateway.to(upstream.port(), "timeout: 50ms")) {
            RawResponse answer = gateway.get("/", "Carve-Timeout: 3600000");
            assertThat(answer.field("Carve-Error")).contains("deadline_exceeded");
        }
    }

    @Test
    void timeLeftIsSentWhereTheServiceWantsIt() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(
                                """
                                services: {m: {urls: "http://127.0.0.1:%d", deadline: true}}
                                routes: [{match: /, to: m, timeout: 5s}]
                                """
                                        .formatted(upstream.port()))) {
            gateway.get("/", "Carve-Timeout: 90000");
            String sent =
                    upstream.awaitRequests(1).getFirst().head().first("Carve-Timeout").orElse("");
            assertThat(Long.parseLong(sent)).isBetween(1L, 5000L);
            assertThat(upstream.requests().getFirst().head().all("Carve-Timeout")).hasSize(1);
        }
    }

    @Test
    void bodyBeyondTheRoutesLimitIs413WhetherDeclaredOrNot() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.to(upstream.port(), "body: 4B")) {
            try (RawClient client = gateway.client()) {
                client.send(RunningGateway.head("POST", "/", "Content-Length: 4") + "1234");
                assertThat(client.read().status()).isEqualTo(200);
                client.send(RunningGateway.head("POST", "/", "Transfer-Encoding: chunked"));
                client.send("4\r\n1234\r\n0\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(200);
                client.send(RunningGateway.head("POST", "/", "Content-Length: 5") + "12345");
                assertThat(client.read().status()).isEqualTo(413);
            }
            try (RawClient client = gateway.client()) {
                client.send(RunningGateway.head("POST", "/", "Transfer-Encoding: chunked"));
                client.send("5\r\n12345\r\n0\r\n\r\n");
                RawResponse answer = client.read();
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.field("Carve-Error")).contains("body_too_large");
            }
        }
    }

    @Test
    void roundRobinTakesTurns() throws Exception {
        try (RecordingUpstream one = RecordingUpstream.start();
                RecordingUpstream two = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(
                                """
                                services: {m: ["http://127.0.0.1:%d", "http://127.0.0.1:%d"]}
                                routes: [{match: /, to: m}]
                                """
                                        .formatted(one.port(), two.port()))) {
            for (int i = 0; i < 10; i++) {
                gateway.get("/");
            }
            assertThat(one.requestCount()).isEqualTo(5);
            assertThat(two.requestCount()).isEqualTo(5);
        }
    }

    @Test
    void leastRequestsAvoidsTheBusyOne() throws Exception {
        try (ScriptedUpstream busy =
                        ScriptedUpstream.start(
                                Script.once(new Step.ReadRequest(), new Step.HoldUntilPeerEnds()));
                ScriptedUpstream other =
                        ScriptedUpstream.start(
                                Script.perRequest(new Step.RespondText(200, List.of(), "x")));
                RunningGateway gateway =
                        RunningGateway.start(
                                """
                                services:
                                  m:
                                    urls: ["http://127.0.0.1:%d", "http://127.0.0.1:%d"]
                                    balance: least_requests
                                routes: [{match: /, to: m}]
                                """
                                        .formatted(busy.port(), other.port()));
                RawClient waiting = gateway.client()) {
            while (busy.requestCount() == 0) {
                waiting.send(RunningGateway.head("GET", "/"));
                Await.until(
                        "the request to come",
                        () -> busy.requestCount() + other.requestCount() > 0);
                if (busy.requestCount() == 0) {
                    assertThat(waiting.read().status()).isEqualTo(200);
                    other.forget();
                }
            }
            for (int i = 0; i < 20; i++) {
                assertThat(gateway.get("/").status()).isEqualTo(200);
            }
            assertThat(busy.requestCount()).isEqualTo(1);
        }
    }

    @Test
    void ambiguousPathIsRefusedOnlyWhereTheRouteSaysSo() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(
                                """
                                services: {m: "http://127.0.0.1:%d"}
                                routes:
                                - {match: /, to: m}
                                - {match: /admin/, to: m, paths: refuse}
                                """
                                        .formatted(upstream.port()))) {
            assertThat(gateway.get("/x/..%2fy").status()).isEqualTo(200);
            RawResponse refused = gateway.get("/x/%2e%2e/admin/y");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.field("Carve-Error")).contains("ambiguous_path");
        }
    }

    private static long endedAt(RunningGateway gateway, String route) {
        return Objects.requireNonNull(gateway.gateway.registry().routeMetrics().get(route))
                .totals()
                .ended;
    }

    @Test
    void reloadKeepsPoolsAndCounters() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            GatewaySettings same = RunningGateway.settings(RunningGateway.yaml(upstream.port()));
            for (int i = 0; i < 1000; i++) {
                client.send(RunningGateway.head("GET", "/")).read();
                gateway.gateway.load(same);
            }
            assertThat(upstream.connections()).hasSize(1);
            Await.until(
                    "1000 requests counted under one name", () -> endedAt(gateway, "/") == 1000);
        }
    }

    @Test
    void connectThatTheSystemRefusesAtOnceIsAFailedConnectAndCountedOnce() throws Exception {
        try (RunningGateway gateway =
                RunningGateway.start(
                        """
                        services: {m: "http://255.255.255.255:80"}
                        routes: [{match: /, to: m}]
                        """)) {
            RawResponse answer = gateway.get("/");
            assertThat(answer.field("Carve-Error")).contains("connect_failed");
            var instance =
                    gateway.gateway
                            .registry()
                            .services()
                            .iterator()
                            .next()
                            .members()
                            .instances()
                            .getFirst();
            assertThat(instance.upstream().connections()).isZero();
            Await.until("the call is over", () -> instance.inFlight() == 0);
        }
    }

    @Test
    void rewrittenHostIsTheOnlyOneOfARequestThatCameWithout() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.to(upstream.port(), "rewrite: {host: inner.test}");
                RawClient client = gateway.client()) {
            client.send("GET / HTTP/1.0\r\n\r\n").read();
            assertThat(upstream.awaitRequests(1).getFirst().head().all("Host"))
                    .containsExactly("inner.test");
        }
    }

    @Test
    void configurationThatCanNotBeBuiltChangesNothing() throws Exception {
        try (RecordingUpstream one = RecordingUpstream.start();
                RecordingUpstream two = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.to(one.port())) {
            GatewaySettings next = RunningGateway.settings(RunningGateway.yaml(two.port()));
            GatewaySettings dangling =
                    RunningGateway.settings(
                            RunningGateway.yaml(two.port())
                                    .replace("m:", "n:")
                                    .replace("to: m", "to: n"));
            GatewaySettings broken =
                    new GatewaySettings(
                            next.limits(),
                            next.forwarded(),
                            next.services(),
                            dangling.routes(),
                            next.errors(),
                            next.platform(),
                            next.drain());
            assertThatThrownBy(() -> gateway.gateway.load(broken))
                    .hasMessageContaining("no service named n");
            assertThat(gateway.get("/").status()).isEqualTo(200);
            assertThat(one.requestCount()).isEqualTo(1);
            assertThat(two.requestCount()).isZero();
        }
    }
}
