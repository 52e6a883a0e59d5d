package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.metrics.InstanceMetrics;
import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.service.Standing.State;
import dev.carve.runtime.Failure;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client that is slow to send its body, in front of a service whose idle time is short. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SlowClientTest {

    private static final String SETTINGS =
            """
            timeouts: {idle: 200ms}
            ejection: {timeouts: 1}
            breaker: {share: 1%, calls: 1, slow: 900ms}
            limit: {adaptive: {min: 20}}
            """;

    /** As many as an adaptive limit learns from. */
    private static final int UPLOADS = 10;

    @Test
    void whoSendsTooSlowlyIsToldSoAndNobodyElseIsBlamed() throws Exception {
        // Much longer than the service may be idle: with a blame it would come first.
        try (Stage stage = new Stage(SETTINGS, "timeout: 3s", Stage.good("a"), Stage.good("b"));
                RawClient client = stage.gateway.client()) {
            client.send(RunningGateway.head("POST", "/", "Content-Length: 10") + "hello");
            RawResponse answer = client.read("POST");
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.field("Carve-Error")).contains("request_timeout");

            stage.awaitQuiet();
            stage.awaitTurn();
            assertThat(stage.instance(0).standing().state()).isEqualTo(State.UP);
            assertThat(stage.instance(1).standing().state()).isEqualTo(State.UP);
            assertThat(stage.breaker().state()).isEqualTo(Breaker.State.CLOSED);
            long[] failures = Objects.requireNonNull(stage.totals().failures.get("m"));
            assertThat(failures[Failure.Kind.IDLE_TIMEOUT.ordinal()]).isZero();
            assertThat(stage.instance(0).metrics().totals().failures).isZero();
            assertThat(stage.get().status()).isEqualTo(200);
        }
    }

    @Test
    void whoIsSlowButInTimeGetsTheAnswerAndItsTimeIsNotTheServices() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (Stage stage = new Stage(SETTINGS, Stage.good("a"))) {
            for (int i = 0; i < UPLOADS; i++) {
                RawClient client = stage.gateway.client();
                clients.add(client);
                client.send(RunningGateway.head("POST", "/", "Content-Length: 10") + "hello");
            }
            letTimePass();
            for (RawClient client : clients) {
                client.send("world");
                assertThat(client.read("POST").bodyText()).isEqualTo("a");
            }
            stage.awaitQuiet();
            stage.awaitTurn();
            assertThat(stage.breaker().state()).isEqualTo(Breaker.State.CLOSED);
            assertThat(stage.limit().usual()).isPositive().isLessThan(Duration.ofMillis(900));
        } finally {
            for (RawClient each : clients) {
                each.close();
            }
        }
    }

    @Test
    void anAnswerBeforeTheEndOfTheBodyIsNotSlow() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Script early =
                Script.once(
                        new Step.ReadHead(),
                        new Step.Await(release, Duration.ofSeconds(30)),
                        new Step.RespondText(200, List.of(), "enough"));
        try (Stage stage = new Stage(SETTINGS, early);
                RawClient client = stage.gateway.client()) {
            client.send(RunningGateway.head("POST", "/", "Content-Length: 10") + "hello");
            letTimePass();
            release.countDown();
            assertThat(client.read("POST").bodyText()).isEqualTo("enough");
            stage.awaitQuiet();
            stage.awaitTurn();
            assertThat(stage.breaker().state()).isEqualTo(Breaker.State.CLOSED);
            InstanceMetrics.Totals totals = stage.instance(0).metrics().totals();
            assertThat(totals.ended).isOne();
            assertThat(totals.heads).containsOnly(0);
        }
    }

    /** Longer than the service may be idle, and than an answer may take. */
    private static void letTimePass() throws Exception {
        try (Stage clock = new Stage("timeouts: {response: 1s}\nretries: 1", Stage.stalling())) {
            assertThat(clock.get().status()).isEqualTo(504);
        }
    }
}
