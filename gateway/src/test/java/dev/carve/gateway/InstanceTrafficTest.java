package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.metrics.InstanceMetrics;
import dev.carve.runtime.admin.AdminView;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each instance is told apart: what was sent to it, what it failed at, how long it took. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InstanceTrafficTest {

    private static final String RETRIES = "retries: {budget_min: 1000, backoff: 0s, attempts: 3}";

    private static InstanceMetrics.Totals totals(Stage stage, int number) {
        return stage.instance(number).metrics().totals();
    }

    @Test
    void whatIsTriedAgainElsewhereStaysWithTheInstanceThatFailed() throws Exception {
        Script resets = Script.oneRequest(new Step.Reset());
        try (Stage stage =
                new Stage(RETRIES, Stage.good("a"), resets, Stage.status(503), Stage.good("d"))) {
            stage.instances.get(3).refuseConnections();
            for (int i = 0; i < 16; i++) {
                assertThat(stage.get().status()).isIn(200, 503);
            }
            stage.awaitQuiet();
            assertThat(totals(stage, 0).ended).isEqualTo(stage.instances.get(0).requestCount());
            assertThat(totals(stage, 0).errors).isZero();
            assertThat(totals(stage, 1).ended)
                    .isPositive()
                    .isEqualTo(totals(stage, 1).failures)
                    .isEqualTo(stage.instances.get(1).requestCount());
            assertThat(totals(stage, 2).errors)
                    .isPositive()
                    .isEqualTo(stage.instances.get(2).requestCount());
            assertThat(totals(stage, 2).failures).as("it did answer").isZero();
            assertThat(totals(stage, 3).failures).as("refused").isPositive();
            assertThat(totals(stage, 1).failures + totals(stage, 3).failures)
                    .isEqualTo(stage.totals().retries);
        }
    }

    @Test
    void anAnswerThatBreaksOffIsAFailureOfItsInstance() throws Exception {
        Script half = Script.oneRequest(new Step.Truncate(100, "half"));
        try (Stage stage = new Stage("retries: 1", half);
                RawClient client = stage.gateway.client()) {
            client.send(RunningGateway.head("GET", "/", "Connection: close"));
            assertThat(client.readToEnd().text()).endsWith("half");
            stage.awaitQuiet();
            assertThat(totals(stage, 0).ended).isOne();
            assertThat(totals(stage, 0).errors).as("its status was 200").isZero();
            assertThat(totals(stage, 0).failures).isOne();
        }
    }

    @Test
    void aClientThatLeavesSaysNothingOfTheInstance() throws Exception {
        try (Stage stage =
                        new Stage("retries: 1", Script.perRequest(new Step.HoldUntilPeerEnds()));
                RawClient client = stage.gateway.client()) {
            client.send(RunningGateway.head("GET", "/"));
            stage.instances.getFirst().awaitRequests(1);
            client.reset();
            stage.awaitQuiet();
            assertThat(totals(stage, 0).ended).isZero();
            assertThat(totals(stage, 0).failures).isZero();
        }
    }

    @Test
    void anIdleConnectionThatWasLostIsNoFailure() throws Exception {
        Script closes =
                Script.once(
                        new Step.ReadRequest(),
                        new Step.RespondText(200, List.of(), "a"),
                        new Step.ReadRequest(),
                        new Step.CloseSocket());
        try (Stage stage = new Stage("retries: 2", closes)) {
            stage.instances.getFirst().script(closes, Stage.good("a"));
            assertThat(stage.get().status()).isEqualTo(200);
            assertThat(stage.get().status()).isEqualTo(200);
            stage.awaitQuiet();
            assertThat(stage.totals().retries).isOne();
            assertThat(totals(stage, 0).ended).isEqualTo(2);
            assertThat(totals(stage, 0).failures).isZero();
        }
    }

    @Test
    void theViewTellsEachInstanceAndWhatProtectsTheService() throws Exception {
        String settings =
                RETRIES
                        + "\nbreaker: on\nejection: {failures: 1, time: 1h, time_max: 1h}\n"
                        + "limit: 7\nhedge: on";
        try (Stage stage = new Stage(settings, Stage.good("a"), Stage.good("b"))) {
            stage.instances.get(1).refuseConnections();
            Await.until(
                    "the instance to be ejected",
                    () -> {
                        try {
                            return stage.get().status() == 200
                                    && !stage.instance(1).standing().state().isEligible();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            stage.awaitQuiet();
            ServiceStatus service = status(stage, Map.of("over", "100ms")).services().getFirst();
            ServiceStatus.InstanceStatus good = service.instances().get(0);
            ServiceStatus.InstanceStatus bad = service.instances().get(1);
            InstanceTraffic traffic = good.traffic().orElseThrow();
            assertThat(traffic.ended()).isEqualTo(stage.instances.get(0).requestCount());
            assertThat(traffic.p95()).isBetween(traffic.p50(), Duration.ofSeconds(60));
            assertThat(traffic.recent().orElseThrow().ended()).as("nobody called").isZero();
            assertThat(bad.traffic().orElseThrow().errors()).isPositive();
            assertThat(bad.ejections()).contains(1);
            ProtectionStatus protection = service.protection();
            assertThat(protection.ejections()).contains(1L);
            assertThat(protection.limit().orElseThrow().permits()).isEqualTo(7);
            assertThat(protection.hedges()).isPresent();
            assertThat(protection.retries().made()).isPositive();
            ProtectionStatus.BreakerStatus breaker = protection.breaker().orElseThrow();
            assertThat(breaker.entered()).containsEntry("open", 0L).containsKey("half_open");
            assertThat(breaker.age().isNegative()).isFalse();
        }
    }

    @Test
    void recentIsWhatHappenedInBetween() throws Exception {
        try (Stage stage = new Stage("retries: 1", Stage.good("a"))) {
            stage.get();
            TrafficSample before = TrafficSample.take(stage.gateway.gateway.registry(), 0);
            stage.get();
            stage.get();
            TrafficSample now =
                    TrafficSample.take(
                            stage.gateway.gateway.registry(), TimeUnit.SECONDS.toNanos(4));
            InstanceTraffic traffic =
                    TrafficStatus.of(
                                    stage.gateway.gateway.registry(),
                                    before,
                                    now,
                                    Map.of(),
                                    Instant.EPOCH)
                            .services()
                            .getFirst()
                            .instances()
                            .getFirst()
                            .traffic()
                            .orElseThrow();
            assertThat(traffic.ended()).isEqualTo(3);
            assertThat(traffic.recent().orElseThrow().ended()).isEqualTo(2);
            assertThat(traffic.recent().orElseThrow().perSecond()).isEqualTo(0.5);
        }
    }

    private static TrafficStatus status(Stage stage, Map<String, String> arguments) {
        AdminView traffic =
                new GatewayViews(
                                stage.gateway.gateway.registry(),
                                stage.gateway.control,
                                SnapshotBuilder::empty)
                        .traffic();
        return (TrafficStatus) traffic.content().read(arguments);
    }
}
