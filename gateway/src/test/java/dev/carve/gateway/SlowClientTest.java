package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.protect.Breaker;
import dev.carve.gateway.service.Standing.State;
import dev.carve.runtime.Failure;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client that is slow to send its body, in front of a service whose idle time is short. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SlowClientTest {

    private static final String SETTINGS =
            "timeouts: {idle: 200ms}\nejection: {timeouts: 1}\nbreaker: {share: 1%, calls: 1}";

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
    void whoIsSlowButInTimeGetsTheAnswer() throws Exception {
        try (Stage stage = new Stage(SETTINGS, Stage.good("a"));
                Stage clock = new Stage("timeouts: {response: 1s}\nretries: 1", Stage.stalling());
                RawClient client = stage.gateway.client()) {
            client.send(RunningGateway.head("POST", "/", "Content-Length: 10") + "hello");
            // Something that takes longer than the service may be idle.
            assertThat(clock.get().status()).isEqualTo(504);
            client.send("world");
            assertThat(client.read("POST").bodyText()).isEqualTo("a");
        }
    }
}
