package dev.carve.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.Loops;
import dev.carve.http.Transport;
import dev.carve.runtime.Clock;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.AdminView;
import dev.carve.runtime.admin.BadArgumentException;
import dev.carve.runtime.metrics.Metric;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {

    private static final Metric BIG = Metric.gauge("carve_test_big", "Many series.", "number");

    private final Loops loops = Loops.start(Transport.preferred(), 1, Clock.system());
    private final AtomicBoolean ready = new AtomicBoolean(true);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private AdminServer server = start(Optional.of("s3cret"));

    private record Row(String someName, Duration took, Optional<String> none) {}

    @BeforeEach
    void listening() {
        assertThat(server.address().getPort()).isPositive();
    }

    @AfterEach
    void close() {
        release.countDown();
        server.close().join();
        loops.close();
    }

    private AdminServer start(Optional<String> token) {
        AdminSettings settings =
                new AdminSettings(
                        AdminAddress.parse("127.0.0.1:0"), token, List.of("carve.test"), 1, 64);
        AdminServer.Parts parts =
                new AdminServer.Parts(
                        Readiness.of(ready::get, "starting"),
                        List.of(sink -> {
                            for (int i = 0; i < 20_000; i++) {
                                sink.value(BIG, i, Integer.toString(i));
                            }
                        }),
                        List.of(
                                new AdminView("rows", "Rows.", this::rows),
                                new AdminView("slow", "Waits.", _ -> slow())),
                        List.of(new AdminCommand("count", "Counts.", this::count)));
        return AdminServer.start(loops, settings, parts).join();
    }

    private Object rows(Map<String, String> arguments) {
        if (arguments.containsKey("bad")) {
            throw new BadArgumentException("bad is not known");
        }
        if (arguments.containsKey("broken")) {
            throw new IllegalStateException("secret detail");
        }
        return List.of(new Row("a\"<b", Duration.ofMillis(1500), Optional.empty()), arguments);
    }

    private Object slow() {
        entered.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            interrupted.set(true);
        }
        return "done";
    }

    private AdminCommand.Outcome count(Map<String, String> arguments) {
        if ("no".equals(arguments.get("may"))) {
            return new AdminCommand.Refused("may not");
        }
        return new AdminCommand.Done("counted " + calls.incrementAndGet() + " " + arguments);
    }

    private RawResponse send(String startLine, String... fields) throws IOException {
        return send(startLine, "", fields);
    }

    private RawResponse send(String startLine, String body, String[] fields) throws IOException {
        StringBuilder request = new StringBuilder(startLine).append(" HTTP/1.1\r\n");
        if (String.join("", fields).indexOf("Host:") < 0) {
            request.append("Host: 127.0.0.1:9900\r\n");
        }
        for (String each : fields) {
            request.append(each).append("\r\n");
        }
        request.append("\r\n").append(body);
        try (RawClient client = RawClient.connect(server.address().getPort())) {
            client.send(request.toString());
            return client.read(startLine.substring(0, startLine.indexOf(' ')));
        }
    }

    @Test
    void livesAndIsReadyAsToldWhateverTheHost() throws IOException {
        assertThat(send("GET /healthz").status()).isEqualTo(200);
        assertThat(send("GET /healthz", "Host: pod.example").status()).isEqualTo(200);
        assertThat(send("GET /readyz").status()).isEqualTo(200);
        ready.set(false);
        RawResponse unready = send("GET /readyz");
        assertThat(unready.status()).isEqualTo(503);
        assertThat(unready.bodyText()).isEqualTo("starting\n");
        assertThat(send("GET /healthz").status()).isEqualTo(200);
    }

    @Test
    void metricsOfAnySizeArriveWhole() throws IOException {
        RawResponse response = send("GET /metrics");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.field("Content-Type"))
                .contains("text/plain; version=0.0.4; charset=utf-8");
        PrometheusText read = PrometheusText.read(response.bodyText());
        assertThat(read.value("carve_test_big{number=\"19999\"}")).isEqualTo(19_999);
    }

    @Test
    void headAnswersWithoutBody() throws IOException {
        RawResponse response = send("HEAD /healthz");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.bodyText()).isEmpty();
        assertThat(response.field("Content-Length")).contains("6");
    }

    @Test
    void viewIsJsonAndSeesItsArguments() throws IOException {
        RawResponse response = send("GET /api/rows?x=a%20b");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.field("Content-Type")).contains("application/json");
        assertThat(response.bodyText())
                .isEqualTo(
                        "[{\"some_name\":\"a\\\"\\u003cb\",\"took\":1.5,\"none\":null},"
                                + "{\"x\":\"a b\"}]\n");
    }

    @Test
    void commandRunsWithArgumentsOfQueryAndForm() throws IOException {
        RawResponse response =
                send(
                        "POST /api/count?a=1",
                        "b=2",
                        new String[] {
                            "Content-Length: 3", "Content-Type: application/x-www-form-urlencoded"
                        });
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.bodyText()).contains("counted 1").contains("a=1").contains("b=2");
        assertThat(send("POST /api/count?may=no", "Content-Length: 0").status()).isEqualTo(409);
    }

    @Test
    void whatIsWrongIsToldAsJson() throws IOException {
        assertThat(send("GET /nothing").status()).isEqualTo(404);
        assertThat(send("GET /api/nothing").status()).isEqualTo(404);
        assertThat(send("GET /api/rows?bad=1").status()).isEqualTo(400);
        assertThat(send("GET /api/rows?x=%zz").status()).isEqualTo(400);
        assertThat(send("DELETE /metrics").status()).isEqualTo(405);
        assertThat(send("GET /api/count").field("Allow")).contains("POST");
        assertThat(send("POST /api/rows", "Content-Length: 0").status()).isEqualTo(405);
        RawResponse broken = send("GET /api/rows?broken=1");
        assertThat(broken.status()).isEqualTo(500);
        assertThat(broken.bodyText()).doesNotContain("secret detail");
        RawResponse type = send("POST /api/count", "{}", new String[] {"Content-Length: 2"});
        assertThat(type.status()).isEqualTo(415);
        assertThat(type.bodyText()).startsWith("{\"error\":\"unsupported_type\"");
        assertThat(calls).hasValue(0);
    }

    @Test
    void formBeyondTheBoundIsRefused() throws IOException {
        int count = 70_000;
        RawResponse response =
                send(
                        "POST /api/count",
                        "a".repeat(count),
                        new String[] {
                            "Content-Length: " + count,
                            "Content-Type: application/x-www-form-urlencoded"
                        });
        assertThat(response.status()).isEqualTo(413);
        assertThat(calls).hasValue(0);
    }

    @Test
    void pageWhoseNameWasReboundToThisMachineReadsNothing() throws IOException {
        assertThat(send("GET /api/rows", "Host: evil.example").status()).isEqualTo(403);
        assertThat(send("GET /api", "Host: evil.example:9900").status()).isEqualTo(403);
        assertThat(send("POST /api/count", "Content-Length: 0", "Host: evil.example").status())
                .isEqualTo(403);
        assertThat(calls).hasValue(0);
        assertThat(send("GET /api/rows", "Host: 1.2.3.4.evil.example").status()).isEqualTo(403);
        assertThat(send("GET /api/rows", "Host: localhost:1").status()).isEqualTo(200);
        assertThat(send("GET /api/rows", "Host: [::1]:9900").status()).isEqualTo(200);
        assertThat(send("GET /api/rows", "Host: Carve.Test").status()).isEqualTo(200);
    }

    @Test
    void probesAndMetricsAreAnsweredUnderAnyName() throws IOException {
        for (String path : List.of("/healthz", "/readyz", "/metrics")) {
            assertThat(send("GET " + path, "Host: carve.monitoring.example").status())
                    .as(path)
                    .isEqualTo(200);
        }
    }

    @Test
    void pageOfAnotherOriginChangesNothing() throws IOException {
        for (String origin : List.of("http://evil.example", "null", "http://127.0.0.1:8080")) {
            RawResponse refused = send("POST /api/count", "Content-Length: 0", "Origin: " + origin);
            assertThat(refused.status()).as(origin).isEqualTo(403);
        }
        assertThat(calls).hasValue(0);
        assertThat(
                        send(
                                        "POST /api/count",
                                        "Content-Length: 0",
                                        "Origin: http://127.0.0.1:9900")
                                .status())
                .isEqualTo(200);
    }

    @Test
    void whatCameThroughAProxyNeedsTheToken() throws IOException {
        String proxied = "X-Forwarded-For: 10.0.0.1";
        String none = "Content-Length: 0";
        assertThat(send("POST /api/count", none, proxied).status()).isEqualTo(401);
        assertThat(send("POST /api/count", none, proxied, "Authorization: Bearer s3cre").status())
                .isEqualTo(401);
        assertThat(send("POST /api/count", none, proxied, "Authorization: Bearer s3cret").status())
                .isEqualTo(200);
        assertThat(send("GET /api/rows", proxied).status()).isEqualTo(401);
        assertThat(send("GET /metrics", proxied).status()).isEqualTo(200);
        assertThat(send("GET /readyz", proxied).status()).isEqualTo(200);
    }

    @Test
    void withoutATokenOnlyThisMachineChangesAnything() throws IOException {
        server.close().join();
        server = start(Optional.empty());
        String proxied = "Forwarded: for=10.0.0.1";
        assertThat(send("POST /api/count", "Content-Length: 0", proxied).status()).isEqualTo(403);
        assertThat(
                        send(
                                        "POST /api/count",
                                        "Content-Length: 0",
                                        proxied,
                                        "Authorization: Bearer ")
                                .status())
                .isEqualTo(403);
        assertThat(send("POST /api/count", "Content-Length: 0").status()).isEqualTo(200);
        assertThat(send("GET /api/rows", proxied).status()).isEqualTo(200);
    }

    @Test
    void callsBeyondTheBoundAreRefusedWhileProbesAreAnswered() throws Exception {
        try (RawClient slow = RawClient.connect(server.address().getPort())) {
            slow.send("GET /api/slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
            entered.await();
            assertThat(send("GET /api/rows").status()).isEqualTo(503);
            assertThat(send("GET /healthz").status()).isEqualTo(200);
            assertThat(send("GET /readyz").status()).isEqualTo(200);
            release.countDown();
            assertThat(slow.read().bodyText()).isEqualTo("\"done\"\n");
        }
        assertThat(send("GET /api/rows").status()).isEqualTo(200);
    }

    @Test
    void callWhoseCallerHasGoneIsInterruptedAndFreesItsPlace() throws Exception {
        RawClient slow = RawClient.connect(server.address().getPort());
        slow.send("GET /api/slow HTTP/1.1\r\nHost: localhost\r\n\r\n");
        entered.await();
        slow.reset();
        Await.until("the call is interrupted", interrupted::get);
        Await.until("a place is free", () -> status("GET /api/rows") == 200);
    }

    private int status(String startLine) {
        try {
            return send(startLine).status();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
