package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Failure;
import dev.carve.testkit.Await;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a total outage adds to the load of a service. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RetryBudgetFlowTest {

    private static final Script RESETS = Script.oneRequest(new Step.Reset());

    @Test
    void aBudgetOfNothingRetriesNothing() throws Exception {
        try (Stage stage = new Stage("retries: {budget: 0%, budget_min: 0}", RESETS, RESETS)) {
            assertThat(stage.statuses(20)).isEqualTo(Stage.all(20, 502));
            assertThat(stage.totals().retries).isZero();
            assertThat(stage.view().retries().refused()).isEqualTo(20);
            assertThat(stage.totals().inFlight).isZero();
        }
    }

    @Test
    void aTotalOutageAddsNoMoreThanTheShare() throws Exception {
        int requests = 300;
        String retries = "retries: {attempts: 10, budget: 2%, budget_min: 0, backoff: 0s}";
        try (Stage stage = new Stage(retries, RESETS, RESETS)) {
            assertThat(stage.statuses(requests)).isEqualTo(Stage.all(requests, 502));
            long load = stage.instances.stream().mapToLong(each -> each.requestCount()).sum();
            assertThat(load).isBetween((long) requests, requests + requests * 2L / 100);
            assertThat(stage.totals().retries).isEqualTo(load - requests);
        }
    }

    /** Failures of one kind. */
    private static long failures(Stage stage, Failure.Kind kind) {
        long[] all = stage.totals().failures.get("m");
        return all == null ? 0 : all[kind.ordinal()];
    }

    @Test
    void refusedConnectionsPayNothingButOnceAtEachInstance() throws Exception {
        String retries = "retries: {attempts: 10, budget: 0%, budget_min: 0}";
        try (Stage stage = new Stage(retries, Stage.good("a"), Stage.good("b"))) {
            stage.instances.forEach(ScriptedUpstream::refuseConnections);
            assertThat(stage.statuses(10)).isEqualTo(Stage.all(10, 502));
            assertThat(failures(stage, Failure.Kind.CONNECT_REFUSED)).isEqualTo(20);
            assertThat(stage.totals().retries).isEqualTo(10);
            assertThat(stage.view().retries().refused()).isEqualTo(10);
        }
    }

    @Test
    void timeOutsOfConnectingArePaidForLikeAnyRetry() throws Exception {
        try (Ports.Held silent = Ports.silent();
                ScriptedUpstream good = ScriptedUpstream.start(Stage.good("good"))) {
            String yaml =
                    """
                    services:
                      m:
                        urls: [http://127.0.0.1:%d, http://127.0.0.1:%d]
                        timeouts: {connect: 50ms}
                        retries: {budget: 0%%, budget_min: 0}
                    routes: [{match: /, to: m}]
                    """
                            .formatted(silent.port(), good.port());
            try (RunningGateway gateway = RunningGateway.start(yaml)) {
                List<Integer> statuses =
                        List.of(gateway.get("/").status(), gateway.get("/").status());
                assertThat(statuses).containsExactlyInAnyOrder(200, 504);
                gateway.reload(yaml.replace("budget_min: 0", "budget_min: 10"));
                assertThat(gateway.get("/").status()).isEqualTo(200);
                assertThat(gateway.get("/").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void refusedCallsPayNothingIn() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        String settings =
                "retries: {budget: 100%, budget_min: 0}\n"
                        + "limit: {requests: 1, waiting: 0, wait: 1s}";
        Script held =
                Script.perRequest(
                        new Step.Await(release, Duration.ofSeconds(30)),
                        new Step.RespondText(200, List.of(), "held"));
        try (Stage stage = new Stage(settings, held);
                RawClient client = stage.gateway.client()) {
            client.send(RunningGateway.head("GET", "/"));
            stage.instances.getFirst().awaitRequests(1);
            assertThat(stage.statuses(20)).isEqualTo(Stage.all(20, 503));
            stage.awaitTurn();
            assertThat(stage.view().retries().left()).isOne();
            release.countDown();
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    private static Script busy(int retryAfterSeconds) {
        return Script.perRequest(
                new Step.Respond(
                        "HTTP/1.1 503 Busy\r\nRetry-After: "
                                + retryAfterSeconds
                                + "\r\nContent-Length: 0\r\n\r\n"));
    }

    @Test
    void aRetryComesNoSoonerThanTheServiceAsked() throws Exception {
        String retries = "retries: {statuses: [503], backoff: 0s}";
        try (Stage stage = new Stage(retries, busy(1))) {
            long start = System.nanoTime();
            assertThat(stage.get().status()).isEqualTo(503);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
            assertThat(stage.instances.getFirst().requestCount()).isEqualTo(2);
        }
    }

    @Test
    void whatWouldBeTriedAgainAfterTheDeadlineIsPassedOnAtOnce() throws Exception {
        String retries = "retries: {statuses: [503], backoff: 0s, retry_after: 5m}";
        try (Stage stage = new Stage(retries, "timeout: 20s", busy(40), busy(40))) {
            RawResponse answer = stage.get();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.field("Retry-After")).contains("40");
            assertThat(answer.field("Carve-Error")).isEmpty();
            assertThat(stage.totals().retries).isZero();
            // No retry was paid for either.
            assertThat(stage.view().retries().left()).isPositive();
        }
    }

    @Test
    void noRetryIsMadeOnceTheDeadlineHasPassed() throws Exception {
        // Nobody is reached, which is tried again whatever the time left but none.
        try (Ports.Held one = Ports.silent();
                Ports.Held other = Ports.silent()) {
            String yaml =
                    """
                    services:
                      m:
                        urls: [http://127.0.0.1:%d, http://127.0.0.1:%d]
                        timeouts: {connect: 10s}
                        retries: {attempts: 3, budget_min: 1000, backoff: 0s}
                    routes: [{match: /, to: m, timeout: 200ms}]
                    """
                            .formatted(one.port(), other.port());
            try (RunningGateway gateway = RunningGateway.start(yaml)) {
                RawResponse answer = gateway.get("/");
                assertThat(answer.field("Carve-Error")).contains("deadline_exceeded");
                assertThat(
                                gateway.gateway
                                        .registry()
                                        .services()
                                        .iterator()
                                        .next()
                                        .metrics()
                                        .totals()
                                        .retries)
                        .isZero();
            }
        }
    }

    @Test
    void aClientThatLeavesWhileARetryWaitsGivesItBack() throws Exception {
        String retries = "retries: {budget: 0%, budget_min: 1, statuses: [503], retry_after: 5m}";
        try (Stage stage = new Stage(retries, busy(300), busy(300));
                RawClient client = stage.gateway.client()) {
            client.send(RunningGateway.head("GET", "/"));
            Await.until("the retry to be paid", () -> stage.view().retries().made() == 1);
            client.reset();
            stage.awaitQuiet();
            Await.until("it to be given back", () -> stage.view().retries().left() >= 1);
            long load = stage.instances.stream().mapToLong(each -> each.requestCount()).sum();
            assertThat(load).isOne();
        }
    }
}
