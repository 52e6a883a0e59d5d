package dev.carve.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class LoadRunTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void everyArrivalIsSentAndAnsweredOverKeptAliveConnections() throws Exception {
        try (SmallServer server = SmallServer.always(OK)) {
            LoadResult result = run(plan(server.url("/a?b=c"), 200, Duration.ofSeconds(1)));
            assertThat(result.errors()).isEmpty();
            assertThat(result.counts().intended()).isEqualTo(200);
            assertThat(result.counts().sent()).isEqualTo(200);
            assertThat(result.counts().expected()).isEqualTo(200);
            assertThat(result.statuses()).containsExactly(Map.entry(200, 200L));
            assertThat(result.times().latency().getTotalCount()).isEqualTo(200);
            assertThat(result.times().lateness().getTotalCount()).isEqualTo(200);
            assertThat(result.counts().bytesIn()).isEqualTo(200L * OK.length());
            assertThat(result.counts().connectionsOpened()).isLessThan(200);
            assertThat(server.requests).hasSize(200);
            assertThat(server.requests.peek().head())
                    .isEqualTo(
                            "GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n");
        }
    }

    @Test
    void rehearsalReachesOnlyItsOwnListener() throws Exception {
        try (SmallServer server = SmallServer.always(OK)) {
            LoadResult result =
                    LoadRun.start(plan(server.url("/"), 50, SHORT), LoadListener.silent()).await();
            assertThat(result.counts().expected()).isEqualTo(15);
            assertThat(server.requests).hasSize(15);
        }
    }

    @Test
    void aStallShowsInThePercentilesOfRequestsMeantToStartDuringIt() throws Exception {
        AtomicInteger served = new AtomicInteger();
        Semaphore oneAtATime = new Semaphore(1);
        SmallServer.Answer stalling =
                (request, out, socket) -> {
                    oneAtATime.acquire();
                    try {
                        if (served.incrementAndGet() == 100) {
                            LockSupport.parkNanos(500_000_000);
                        }
                        out.write(OK.getBytes(StandardCharsets.US_ASCII));
                    } finally {
                        oneAtATime.release();
                    }
                    return true;
                };
        try (SmallServer server = new SmallServer(stalling)) {
            LoadPlan plan = plan(server.url("/"), 100, Duration.ofSeconds(2));
            LoadResult result = run(plan.withLimits(plan.limits().withConnections(1)));
            assertThat(result.counts().expected()).isEqualTo(200);
            // About 50 of 200 requests were due inside the stall and waited for the rest of it:
            // a quarter are slow, half of them by more than 250 ms. Measured from the send, one
            // would be.
            long slow = result.times().latency().getCountBetweenValues(100_000_000, Long.MAX_VALUE);
            assertThat(slow).isGreaterThanOrEqualTo(35);
            assertThat(result.times().latency().getValueAtPercentile(95))
                    .isGreaterThan(300_000_000);
            // It is the server's fault and must not look like the generator's, however slow the
            // machine is.
            assertThat(result.times().lateness().getValueAtPercentile(75))
                    .isLessThan(result.times().latency().getValueAtPercentile(95));
        }
    }

    @Test
    void templatesDifferFromRequestToRequestAndRepeatWithTheSeed() throws Exception {
        Queue<String> first = templated(5, 1);
        assertThat(new HashSet<>(first)).hasSizeGreaterThan(15);
        assertThat(first).allMatch(said -> said.matches("/id/[0-9]{1,7} [0-9]+ \\{\"n\":[0-9]+}"));
        assertThat(Set.copyOf(templated(5, 2))).isEqualTo(Set.copyOf(first));
        assertThat(Set.copyOf(templated(6, 1))).isNotEqualTo(Set.copyOf(first));
    }

    private static Queue<String> templated(long seed, int loops) throws Exception {
        Queue<String> said = new ConcurrentLinkedQueue<>();
        try (SmallServer server = SmallServer.always(OK)) {
            LoadRequest request =
                    new LoadRequest(
                            "POST",
                            server.url("/id/{{int 1..1000000}}"),
                            List.of(new LoadRequest.Header("X-Number", "{{seq}}")),
                            new LoadBody.Text("{\"n\":{{int 1..9}}}"),
                            true);
            LoadPlan plan =
                    LoadPlan.of(
                            request,
                            new LoadPlan.Pace.Open(RateProfile.constant(100, SHORT), Arrivals.EVEN),
                            seed);
            run(plan.withLimits(plan.limits().withLoops(loops)));
            for (SmallServer.Request received : server.requests) {
                String number =
                        received.head()
                                .lines()
                                .filter(line -> line.startsWith("X-Number: "))
                                .findFirst()
                                .orElseThrow()
                                .substring(10);
                said.add(received.target() + " " + number + " " + received.body());
            }
        }
        assertThat(said).hasSize(30);
        return said;
    }

    @Test
    void aFileIsSentAsItIs(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("body"), "{{seq}} as it is");
        try (SmallServer server = SmallServer.always(OK)) {
            LoadRequest request =
                    new LoadRequest(
                            "PUT", server.url("/"), List.of(), new LoadBody.File(file), true);
            run(LoadPlan.of(request, open(10, SHORT), 1));
            assertThat(server.requests.peek().body()).isEqualTo("{{seq}} as it is");
            assertThat(server.requests.peek().head()).contains("Content-Length: 16\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~hi~0~~ | true
                    HTTP/1.1 204 No Content~~                            | true
                    HTTP/1.1 100 Continue~~HTTP/1.1 200 OK~Content-Length: 2~~hi | true
                    HTTP/1.1 200 OK~~until the end                       | false
                    HTTP/1.0 200 OK~Content-Length: 2~~hi                | false
                    HTTP/1.1 200 OK~Connection: close~Content-Length: 2~~hi | false
                    """)
    void everyFramingIsReadToItsEnd(String response, boolean reusable) throws Exception {
        String bytes = response.replace("~", "\r\n");
        SmallServer.Answer answer =
                (request, out, socket) -> {
                    out.write(bytes.getBytes(StandardCharsets.US_ASCII));
                    return reusable;
                };
        try (SmallServer server = new SmallServer(answer)) {
            LoadPlan plan = plan(server.url("/"), 50, SHORT);
            LoadResult result = run(plan.withLimits(plan.limits().withConnections(1)));
            assertThat(result.errors()).isEmpty();
            assertThat(result.counts().expected()).isEqualTo(15);
            assertThat(server.connections()).isEqualTo(reusable ? 1 : 15);
        }
    }

    @Test
    void headAnswersHaveNoBodyWhateverTheirLength() throws Exception {
        try (SmallServer server =
                SmallServer.always("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n")) {
            LoadResult result =
                    run(LoadPlan.of(LoadRequest.of("HEAD", server.url("/")), open(50, SHORT), 1));
            assertThat(result.errors()).isEmpty();
            assertThat(result.counts().expected()).isEqualTo(15);
        }
    }

    @Test
    void withoutKeepAliveEachRequestHasItsConnection() throws Exception {
        try (SmallServer server = SmallServer.always(OK)) {
            LoadRequest request =
                    new LoadRequest("GET", server.url("/"), List.of(), new LoadBody.None(), false);
            LoadResult result = run(LoadPlan.of(request, open(50, SHORT), 1));
            assertThat(result.counts().expected()).isEqualTo(15);
            assertThat(result.counts().connectionsOpened()).isEqualTo(15);
            assertThat(server.requests.peek().head()).contains("\r\nConnection: close\r\n");
        }
    }

    @Test
    void aPortWithoutListenerRefuses() throws Exception {
        try (Socket held = refusing()) {
            LoadResult result =
                    run(plan("http://127.0.0.1:" + held.getLocalPort() + "/", 50, SHORT));
            assertErrors(result, LoadError.CONNECT_REFUSED, 15);
            assertThat(result.counts().sent()).isZero();
        }
    }

    @Test
    void aClosedLoopKeepsTryingWhereItIsRefused() throws Exception {
        try (Socket held = refusing()) {
            String url = "http://127.0.0.1:" + held.getLocalPort() + "/";
            LoadPlan.Pace pace = new LoadPlan.Pace.Closed(2, SHORT);
            LoadResult result = run(LoadPlan.of(LoadRequest.of("GET", url), pace, 1));
            assertThat(result.errors()).containsOnlyKeys(LoadError.CONNECT_REFUSED);
            // Every 10 ms at most, on two connections.
            assertThat(result.errorCount()).isBetween(2L, 62L);
        }
    }

    /**
     * Bound and not listening: refuses for as long as it is open, and nobody else gets its port.
     */
    private static Socket refusing() throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
    }

    /** What a server does to one request, and what that counts as. */
    record Fault(String name, SmallServer.Answer answer, LoadError kind) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Fault> faults() {
        return List.of(
                new Fault("closes before an answer", (r, out, s) -> false, LoadError.CLOSED_EARLY),
                new Fault(
                        "closes inside the head",
                        raw("HTTP/1.1 200 OK\r\nConte", false),
                        LoadError.CLOSED_EARLY),
                new Fault(
                        "closes inside the body",
                        raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", false),
                        LoadError.CLOSED_EARLY),
                new Fault(
                        "resets",
                        (r, out, socket) -> {
                            socket.setSoLinger(true, 0);
                            return false;
                        },
                        LoadError.RESET),
                new Fault("says nothing", (r, out, s) -> true, LoadError.TIMED_OUT),
                new Fault("is no HTTP", raw("SSH-2.0-x\r\n", true), LoadError.BAD_RESPONSE),
                new Fault(
                        "sends more than it says",
                        raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhi", true),
                        LoadError.BAD_RESPONSE),
                new Fault(
                        "has no such page",
                        raw("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", true),
                        LoadError.STATUS_4XX),
                new Fault(
                        "fails",
                        raw("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", true),
                        LoadError.STATUS_5XX));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void eachFaultIsCountedAsItsKind(Fault fault) throws Exception {
        try (SmallServer server = new SmallServer(fault.answer())) {
            LoadPlan plan = plan(server.url("/"), 50, SHORT);
            // Only where it is waited for: a slow machine must not make one fault another.
            Duration answer = fault.kind() == LoadError.TIMED_OUT ? SHORT : Duration.ofSeconds(20);
            LoadResult result =
                    run(
                            plan.withLimits(
                                    plan.limits()
                                            .withTimeouts(
                                                    new LoadPlan.Timeouts(
                                                            Duration.ofSeconds(20), answer))));
            assertErrors(result, fault.kind(), 15);
            assertThat(result.counts().expected()).isZero();
            assertThat(result.times().latency().getTotalCount()).isZero();
        }
    }

    @Test
    void anAnswerOtherThanExpectedIsAnError() throws Exception {
        Expectation exactly =
                LoadOptions.expect("--expect", "200")
                        .withBody(
                                new Expectation.BodyCheck.Exact(
                                        "ho".getBytes(StandardCharsets.US_ASCII)));
        try (SmallServer server = SmallServer.always(OK)) {
            LoadPlan plan = plan(server.url("/"), 50, SHORT);
            assertErrors(run(plan.withExpectation(exactly)), LoadError.UNEXPECTED_BODY, 15);
            assertErrors(
                    run(
                            plan.withExpectation(
                                    Expectation.usual()
                                            .withBody(new Expectation.BodyCheck.Length(3)))),
                    LoadError.UNEXPECTED_BODY,
                    15);
            assertErrors(
                    run(plan.withExpectation(LoadOptions.expect("--expect", "201,3xx"))),
                    LoadError.UNEXPECTED_STATUS,
                    15);
            assertThat(
                            run(plan.withExpectation(
                                            Expectation.usual()
                                                    .withBody(
                                                            new Expectation.BodyCheck.Exact(
                                                                    "hi"
                                                                            .getBytes(
                                                                                    StandardCharsets
                                                                                            .US_ASCII)))))
                                    .errors())
                    .isEmpty();
        }
    }

    @Test
    void aRequestThatNeverGetsAConnectionTimesOutUnsent() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        SmallServer.Answer never = (request, out, socket) -> !over.await(20, TimeUnit.SECONDS);
        try (SmallServer server = new SmallServer(never)) {
            LoadPlan plan = plan(server.url("/"), 10_000, Duration.ofMillis(3));
            LoadResult result =
                    run(
                            plan.withLimits(
                                    plan.limits()
                                            .withConnections(1)
                                            .withTimeouts(
                                                    new LoadPlan.Timeouts(
                                                            Duration.ofSeconds(1),
                                                            Duration.ofSeconds(1)))));
            assertErrors(result, LoadError.TIMED_OUT, 30);
            assertThat(result.counts().sent()).isLessThan(20);
            over.countDown();
        }
    }

    @Test
    void arrivalsBeyondTheBoundAreCountedAndNotSent() throws Exception {
        try (SmallServer server = new SmallServer((request, out, socket) -> true)) {
            LoadPlan plan = plan(server.url("/"), 50, SHORT);
            LoadResult result =
                    run(
                            plan.withLimits(
                                    plan.limits()
                                            .withOutstanding(4)
                                            .withTimeouts(
                                                    new LoadPlan.Timeouts(
                                                            Duration.ofSeconds(3),
                                                            Duration.ofSeconds(3)))));
            assertThat(result.failures(LoadError.NOT_SENT).count()).isEqualTo(11);
            assertThat(result.failures(LoadError.TIMED_OUT).count()).isEqualTo(4);
            assertThat(result.counts().sent()).isEqualTo(4);
        }
    }

    @Test
    void anInterruptEndsTheRunWithWhatWasMeasured() throws Exception {
        try (SmallServer server =
                new SmallServer((request, out, socket) -> {
                    if (!request.target().equals("/1")) {
                        out.write(OK.getBytes(StandardCharsets.US_ASCII));
                    }
                    return true;
                })) {
            Thread waiting = Thread.currentThread();
            AtomicInteger seconds = new AtomicInteger();
            LoadRun run =
                    LoadRun.start(
                            plan(server.url("/{{seq}}"), 50, Duration.ofMinutes(10)),
                            progress -> {
                                seconds.incrementAndGet();
                                waiting.interrupt();
                            },
                            Transport.best());
            LoadResult result = run.await();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(result.title().interrupted()).isTrue();
            assertThat(seconds.get()).isPositive();
            assertThat(result.counts().expected()).isGreaterThan(10);
            assertThat(result.failures(LoadError.ABANDONED).count()).isPositive();
            assertThat(result.counts().intended())
                    .isEqualTo(result.counts().expected() + result.errorCount());
        }
    }

    @Test
    void stoppingARunThatIsOverChangesNothing() throws Exception {
        try (SmallServer server = SmallServer.always(OK)) {
            LoadRun run =
                    LoadRun.start(
                            plan(server.url("/"), 10, SHORT),
                            LoadListener.silent(),
                            Transport.best());
            LoadResult result = run.await();
            run.stop();
            assertThat(run.await()).isSameAs(result);
            assertThat(result.title().interrupted()).isFalse();
        }
    }

    @Test
    void aListenerThatFailsFailsTheRun() throws Exception {
        try (SmallServer server = SmallServer.always(OK)) {
            LoadRun run =
                    LoadRun.start(
                            plan(server.url("/"), 10, Duration.ofMinutes(1)),
                            progress -> {
                                throw new UnsupportedOperationException("no terminal");
                            },
                            Transport.best());
            assertThatThrownBy(run::await)
                    .hasRootCauseInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void aClosedLoopSendsOnAnswerOnly() throws Exception {
        try (SmallServer server = SmallServer.always(OK)) {
            LoadPlan.Pace pace = new LoadPlan.Pace.Closed(3, SHORT);
            LoadPlan plan = LoadPlan.of(LoadRequest.of("GET", server.url("/")), pace, 1);
            LoadResult result = run(plan.withLimits(plan.limits().withLoops(2)));
            assertThat(result.errors()).isEmpty();
            assertThat(server.connections()).isEqualTo(3);
            assertThat(result.counts().expected())
                    .isGreaterThan(10)
                    .isEqualTo(server.requests.size());
        }
    }

    @Test
    void warmUpIsSentAndNotMeasured() throws Exception {
        try (SmallServer server = SmallServer.always(OK)) {
            LoadPlan plan = plan(server.url("/"), 100, SHORT);
            LoadResult result =
                    run(plan.withLimits(plan.limits().withWarmUp(Duration.ofMillis(100))));
            assertThat(result.counts().expected()).isEqualTo(30);
            assertThat(result.times().latency().getTotalCount()).isEqualTo(20);
        }
    }

    @Test
    void nioSendsTheSame() throws Exception {
        try (SmallServer server = SmallServer.always(OK)) {
            LoadResult result =
                    LoadRun.start(
                                    plan(server.url("/"), 100, SHORT),
                                    LoadListener.silent(),
                                    Transport.nio())
                            .await();
            assertThat(result.errors()).isEmpty();
            assertThat(result.counts().expected()).isEqualTo(30);
        }
    }

    @Test
    void aNameIsTriedAtEachOfItsAddresses() throws Exception {
        // The server listens on 127.0.0.1 only; localhost may be ::1 first.
        try (SmallServer server = SmallServer.always(OK)) {
            LoadResult result = run(plan("http://localhost:" + server.port() + "/", 50, SHORT));
            assertThat(result.counts().expected()).isEqualTo(15);
            assertThat(server.requests.peek().head())
                    .contains("Host: localhost:" + server.port() + "\r\n");
        }
    }

    @Test
    void aHostHeaderReplacesTheUrls() throws Exception {
        try (SmallServer server = SmallServer.always(OK)) {
            LoadRequest request =
                    new LoadRequest(
                            "GET",
                            server.url("/"),
                            List.of(LoadOptions.header("--header", "Host: shop.example")),
                            new LoadBody.None(),
                            true);
            run(LoadPlan.of(request, open(10, SHORT), 1));
            assertThat(server.requests.peek().head())
                    .isEqualTo("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
        }
    }

    @Test
    void whatCannotStartSaysWhy() {
        assertThatThrownBy(() -> run(plan("http://no-such-host.invalid/", 1, SHORT)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no-such-host.invalid");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(plan("http://127.0.0.1/{{uid}}", 1, SHORT)))
                .withMessageContaining("{{uid}}");
    }

    private static void assertErrors(LoadResult result, LoadError kind, long count) {
        assertThat(result.errors()).containsOnlyKeys(kind);
        assertThat(result.failures(kind).count()).isEqualTo(count);
        assertThat(result.failures(kind).example()).isNotEmpty();
    }

    private static SmallServer.Answer raw(String response, boolean keep) {
        return (request, out, socket) -> {
            out.write(response.getBytes(StandardCharsets.US_ASCII));
            return keep;
        };
    }

    private static LoadPlan.Pace open(double rate, Duration lasting) {
        return new LoadPlan.Pace.Open(RateProfile.constant(rate, lasting), Arrivals.EVEN);
    }

    private static LoadPlan plan(String url, double rate, Duration lasting) {
        return LoadPlan.of(LoadRequest.of("GET", url), open(rate, lasting), 1);
    }

    private static LoadResult run(LoadPlan plan) throws Exception {
        return LoadRun.start(plan, LoadListener.silent(), Transport.best()).await();
    }
}
