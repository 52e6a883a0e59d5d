package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.protect.Breaker.State;
import dev.carve.testkit.Await;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The circuit breaker in the way of a request. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BreakerFlowTest {

    private static final Script RESETS = Script.oneRequest(new Step.Reset());

    private static void awaitState(Stage stage, State state) {
        Await.until("the breaker to be " + state, () -> stage.breaker().state() == state);
    }

    /** Asks until the breaker is in that state. */
    private static void askUntil(Stage stage, State state) {
        Await.until(
                "the breaker to become " + state,
                () -> {
                    try {
                        stage.get();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return stage.breaker().state() == state;
                });
    }

    @Test
    void itOpensAndThenFailsAtOnceWithoutTouchingTheService() throws Exception {
        try (Stage stage = new Stage("breaker: {calls: 5, open: 1h, open_max: 1h}", RESETS)) {
            askUntil(stage, State.OPEN);
            assertThat(stage.breaker().reason()).contains("calls failed").contains("lost");
            long before = stage.instances.getFirst().requestCount();
            RawResponse answer = stage.get();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.field("Carve-Error")).contains("circuit_open");
            assertThat(Integer.parseInt(answer.field("Retry-After").orElseThrow()))
                    .isBetween(3500, 3600);
            assertThat(stage.instances.getFirst().requestCount()).isEqualTo(before);
            stage.awaitQuiet();
        }
    }

    @Test
    void itComesBackByProbesAndARamp() throws Exception {
        String breaker = "breaker: {calls: 5, open: 10ms, probes: 2, ramp: 10ms}";
        try (Stage stage = new Stage("retries: 1\n" + breaker, RESETS)) {
            askUntil(stage, State.OPEN);
            stage.instances.getFirst().script(Stage.good("back"));
            // Probes, the ramp and the close need calls and turns of control, and nothing else.
            askUntil(stage, State.CLOSED);
            assertThat(stage.breaker().reason()).isEqualTo("recovered");
            assertThat(stage.breaker().entered(State.HALF_OPEN)).isPositive();
            assertThat(stage.breaker().entered(State.RAMPING)).isPositive();
            assertThat(stage.statuses(5)).isEqualTo(Stage.all(5, 200));
            stage.awaitQuiet();
        }
    }

    @Test
    void aProbeWhoseClientLeavesIsGivenBack() throws Exception {
        String breaker = "breaker: {calls: 3, open: 10ms, probes: 1, ramp: 0s, probe_timeout: 1h}";
        try (Stage stage = new Stage("retries: 1\n" + breaker, RESETS)) {
            askUntil(stage, State.OPEN);
            ScriptedUpstream upstream = stage.instances.getFirst();
            upstream.script(Script.perRequest(new Step.HoldUntilPeerEnds()), Stage.good("back"));
            awaitState(stage, State.HALF_OPEN);
            long before = upstream.requestCount();
            try (RawClient client = stage.gateway.client()) {
                client.send(RunningGateway.head("GET", "/"));
                upstream.await("the probe", () -> upstream.requestCount() == before + 1);
            }
            stage.awaitQuiet();
            askUntil(stage, State.CLOSED);
        }
    }

    @Test
    void aProbeWhoseClientIsSlowToSendIsGivenToAnother() throws Exception {
        String breaker =
                "breaker: {calls: 3, open: 10ms, probes: 1, ramp: 0s, probe_timeout: 100ms}";
        try (Stage stage = new Stage("retries: 1\n" + breaker, RESETS)) {
            askUntil(stage, State.OPEN);
            stage.instances.getFirst().script(Stage.good("back"));
            awaitState(stage, State.HALF_OPEN);
            try (RawClient client = stage.gateway.client()) {
                client.send(RunningGateway.head("POST", "/", "Content-Length: 10") + "hello");
                Await.until("the probe", () -> stage.instance(0).inFlight() == 1);
                askUntil(stage, State.CLOSED);
                assertThat(stage.breaker().entered(State.OPEN)).isOne();
                client.send("world");
                assertThat(client.read("POST").bodyText()).isEqualTo("back");
            }
            stage.awaitQuiet();
        }
    }

    @Test
    void anAnswerFromBeforeTheOutageDoesNotCountAfterIt() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        String breaker = "breaker: {calls: 3, open: 1h, open_max: 1h}";
        try (Stage stage = new Stage("retries: 1\n" + breaker, RESETS)) {
            ScriptedUpstream upstream = stage.instances.getFirst();
            upstream.script(
                    Script.oneRequest(
                            new Step.Await(release, Duration.ofSeconds(30)),
                            new Step.RespondText(200, List.of(), "late")),
                    RESETS);
            try (RawClient early = stage.gateway.client()) {
                early.send(RunningGateway.head("GET", "/"));
                upstream.awaitRequests(1);
                askUntil(stage, State.OPEN);
                release.countDown();
                assertThat(early.read().bodyText()).isEqualTo("late");
                assertThat(stage.breaker().state()).isEqualTo(State.OPEN);
            }
        }
    }

    @Test
    void chosenStatusesAndSlowAnswersTrip() throws Exception {
        String statuses = "breaker: {calls: 5, open: 1h, open_max: 1h, statuses: [500]}";
        try (Stage stage = new Stage(statuses, Stage.status(500))) {
            askUntil(stage, State.OPEN);
            assertThat(stage.breaker().reason()).contains("bad_status");
        }
        String slow = "breaker: {calls: 5, open: 1h, open_max: 1h, slow: 1ms}";
        Script late =
                Script.perRequest(
                        new Step.Dribble(
                                Octets.of("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                                20,
                                Duration.ofMillis(5)));
        try (Stage stage = new Stage(slow, late)) {
            askUntil(stage, State.OPEN);
            assertThat(stage.breaker().reason()).contains("slow");
        }
    }

    /** Trips at the first failure. */
    private static final String TOUCHY =
            "breaker: {calls: 1, share: 1%, open: 1h, open_max: 1h}\n"
                    + "ejection: {failures: 1, timeouts: 1, time: 1h, time_max: 1h}";

    @Test
    void anIdleConnectionThatIsGoneSaysNothing() throws Exception {
        Script closes =
                Script.once(
                        new Step.ReadRequest(),
                        new Step.RespondText(200, List.of(), "one"),
                        new Step.ReadRequest(),
                        new Step.CloseSocket());
        try (Stage stage = new Stage(TOUCHY, closes, closes)) {
            stage.instances.forEach(each -> each.script(closes, Stage.good("two")));
            assertThat(stage.statuses(4)).isEqualTo(Stage.all(4, 200));
            assertThat(stage.totals().retries).isEqualTo(2);
            stage.awaitTurn();
            assertThat(stage.breaker().state()).isEqualTo(State.CLOSED);
            assertThat(stage.instance(0).standing().state().isEligible()).isTrue();
            assertThat(stage.instance(1).standing().state().isEligible()).isTrue();
        }
    }

    @Test
    void aClientsOwnDeadlineTripsNothingAndTheRoutesDoes() throws Exception {
        Script stalls = Script.perRequest(new Step.HoldUntilPeerEnds());
        try (Stage stage = new Stage(TOUCHY, "timeout: 100ms", stalls, stalls)) {
            RawResponse answer = stage.gateway.get("/", "Carve-Timeout: 20");
            assertThat(answer.field("Carve-Error")).contains("deadline_exceeded");
            stage.awaitTurn();
            assertThat(stage.breaker().state()).isEqualTo(State.CLOSED);
            assertThat(stage.get().field("Carve-Error")).contains("deadline_exceeded");
            awaitState(stage, State.OPEN);
            assertThat(stage.breaker().reason()).contains("timed_out");
        }
    }

    /** As that of another Carve in front, which tells its own deadline. */
    @Test
    void aDeadlineThatTheClientToldButDidNotShortenTrips() throws Exception {
        for (String told : new String[] {"50", "60000"}) {
            try (Stage stage =
                    new Stage(TOUCHY, "timeout: 50ms", Stage.stalling(), Stage.stalling())) {
                RawResponse answer = stage.gateway.get("/", "Carve-Timeout: " + told);
                assertThat(answer.field("Carve-Error")).contains("deadline_exceeded");
                awaitState(stage, State.OPEN);
                assertThat(stage.breaker().reason()).contains("timed_out");
                Await.until(
                        "an instance to be ejected",
                        () ->
                                !stage.instance(0).standing().state().isEligible()
                                        || !stage.instance(1).standing().state().isEligible());
            }
        }
    }

    @Test
    void statusesThatNobodyChoseTripNothing() throws Exception {
        try (Stage stage = new Stage("breaker: {calls: 2}", Stage.status(500))) {
            assertThat(stage.statuses(20)).isEqualTo(Stage.all(20, 500));
            stage.awaitTurn();
            assertThat(stage.breaker().state()).isEqualTo(State.CLOSED);
        }
    }

    /** Bad answers trip it, and are tried again. */
    private static final String TRIED_AGAIN =
            "breaker: {calls: 1, share: 1%, open: 1h, open_max: 1h, statuses: [503]}\n"
                    + "retries: {statuses: [503], backoff: 0s, retry_after: 5m}";

    @Test
    void anAnswerIsPassedOnWhereTheBreakerHoldsItsRetryBack() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Stage stage = new Stage(TRIED_AGAIN, RESETS)) {
            ScriptedUpstream upstream = stage.instances.getFirst();
            upstream.script(
                    Script.oneRequest(
                            new Step.Await(release, Duration.ofSeconds(30)),
                            new Step.RespondText(503, List.of(), "the service's own")),
                    RESETS);
            try (RawClient early = stage.gateway.client()) {
                early.send(RunningGateway.head("GET", "/"));
                upstream.awaitRequests(1);
                askUntil(stage, State.OPEN);
                release.countDown();
                assertThat(early.read().bodyText()).isEqualTo("the service's own");
            }
            stage.awaitQuiet();
        }
    }

    @Test
    void aRetryHeldBackAfterAnAnswerEndsWithCircuitOpen() throws Exception {
        Script busy =
                Script.oneRequest(
                        new Step.Respond(
                                "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"));
        // The first try is lost, the second passed over, and the third held back.
        String settings =
                TRIED_AGAIN.replace("{statuses: [503],", "{statuses: [503], attempts: 3,");
        try (Stage stage = new Stage(settings.replace("calls: 1,", "calls: 2,"), RESETS)) {
            stage.instances.getFirst().script(RESETS, busy, RESETS);
            RawResponse answer = stage.get();
            assertThat(answer.field("Carve-Error")).contains("circuit_open");
            assertThat(stage.instances.getFirst().requestCount()).isEqualTo(2);
            stage.awaitQuiet();
        }
    }

    @Test
    void whileItIsOpenNobodyWaitsInTheLineOfTheLimit() throws Exception {
        String settings =
                "breaker: {calls: 2, open: 1h, open_max: 1h}\n"
                        + "limit: {requests: 1, waiting: 5, wait: 1m}\nretries: 1";
        CountDownLatch release = new CountDownLatch(1);
        Script hangs =
                Script.oneRequest(
                        new Step.Await(release, Duration.ofSeconds(30)),
                        new Step.RespondText(200, List.of(), "late"));
        try (Stage stage = new Stage(settings, hangs);
                RawClient first = stage.gateway.client();
                RawClient second = stage.gateway.client()) {
            first.send(RunningGateway.head("GET", "/"));
            stage.instances.getFirst().awaitRequests(1);
            second.send(RunningGateway.head("GET", "/"));
            Await.until("the second to wait", () -> stage.limit().waiting() == 1);
            stage.instances.getFirst().script(Stage.status(500));
            stage.reload(settings + "\nhealth: {path: /up, every: 100ms, fall: 100}", "");
            awaitState(stage, State.OPEN);
            RawResponse third = stage.get();
            assertThat(third.field("Carve-Error")).contains("circuit_open");
            assertThat(third.field("Retry-After")).isPresent();
            assertThat(stage.limit().waiting()).isOne();
            release.countDown();
            assertThat(first.read().bodyText()).isEqualTo("late");
            assertThat(second.read().field("Carve-Error")).contains("circuit_open");
            stage.awaitQuiet();
        }
    }

    @Test
    void failedChecksTrip() throws Exception {
        String settings =
                "health: {path: /up, every: 100ms, fall: 100}\n"
                        + "breaker: {calls: 3, open: 1h, open_max: 1h}";
        try (Stage stage = new Stage(settings, Stage.status(500))) {
            awaitState(stage, State.OPEN);
            assertThat(stage.breaker().reason()).contains("check_failed");
        }
    }

    @Test
    void aReloadThatLeavesItEqualLeavesItOpen() throws Exception {
        String breaker = "breaker: {calls: 3, open: 1h, open_max: 1h}";
        try (Stage stage = new Stage("retries: 1\n" + breaker, RESETS)) {
            askUntil(stage, State.OPEN);
            stage.reload("retries: 3\n" + breaker, "");
            assertThat(stage.breaker().state()).isEqualTo(State.OPEN);
            stage.reload("retries: 3\nbreaker: off", "");
            assertThat(stage.view().breaker()).isNull();
            stage.instances.getFirst().script(Stage.good("back"));
            assertThat(stage.get().status()).isEqualTo(200);
        }
    }
}
