package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.Step;
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
