package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.service.Standing.State;
import dev.carve.runtime.Failure;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One of three instances has a fault, the two others have none. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OneOfThreeTest {

    private static final int REQUESTS = 12;

    /** As many retries as a test needs, at once. */
    private static final String RETRIES = "retries: {budget_min: 1000, backoff: 0s";

    private static Stage stage(String settings, Script faulty) {
        return new Stage(settings, faulty, Stage.good("b"), Stage.good("c"));
    }

    @Test
    void refusedConnectionsAreTriedElsewhereWhateverTheMethod() throws Exception {
        // Nobody is reached by the first try, so that the second needs no budget.
        try (Stage stage = stage("retries: {budget: 0%, budget_min: 0}", Stage.good("a"))) {
            stage.instances.getFirst().refuseConnections();
            assertThat(stage.statuses(REQUESTS)).isEqualTo(Stage.all(REQUESTS, 200));
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(stage.gateway.request("POST", "/", "Content-Length: 0").status())
                        .isEqualTo(200);
            }
            stage.awaitQuiet();
            long refused =
                    Objects.requireNonNull(stage.totals().failures.get("m"))[
                            Failure.Kind.CONNECT_REFUSED.ordinal()];
            assertThat(stage.totals().retries).isPositive().isEqualTo(refused);
        }
    }

    @Test
    void resetsAreTriedElsewhereOnlyForWhatMayBeRepeated() throws Exception {
        Script resets = Script.oneRequest(new Step.Reset());
        try (Stage stage = stage(RETRIES + "}", resets)) {
            assertThat(stage.statuses(REQUESTS)).isEqualTo(Stage.all(REQUESTS, 200));
            assertThat(stage.totals().retries)
                    .isPositive()
                    .isEqualTo(stage.instances.getFirst().requestCount());
            int lost = 0;
            for (int i = 0; i < REQUESTS; i++) {
                RawResponse answer = stage.gateway.request("POST", "/", "Content-Length: 0");
                lost += answer.status() == 502 ? 1 : 0;
            }
            assertThat(lost).isEqualTo(REQUESTS / 3);
            stage.awaitQuiet();
        }
    }

    @Test
    void chosenStatusesAreTriedElsewhereAndTheConnectionStays() throws Exception {
        try (Stage stage = stage(RETRIES + ", statuses: [503]}", Stage.status(503))) {
            try (RawClient client = stage.gateway.client()) {
                for (int i = 0; i < REQUESTS; i++) {
                    client.send(RunningGateway.head("GET", "/"));
                    RawResponse answer = client.read();
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.bodyText()).isIn("b", "c");
                }
            }
            ScriptedUpstream faulty = stage.instances.getFirst();
            assertThat(stage.totals().retries).isPositive().isEqualTo(faulty.requestCount());
            assertThat(faulty.connections()).hasSize(1);
            stage.awaitQuiet();
        }
    }

    @Test
    void statusesThatNobodyChoseArePassedOn() throws Exception {
        try (Stage stage = stage(RETRIES + ", statuses: [500]}", Stage.status(503))) {
            assertThat(stage.statuses(REQUESTS)).contains(503);
            assertThat(stage.totals().retries).isZero();
        }
    }

    @Test
    void aStatusIsNotTriedAgainForWhatMayNotBeRepeated() throws Exception {
        try (Stage stage = stage(RETRIES + ", statuses: [503]}", Stage.status(503))) {
            int passed = 0;
            for (int i = 0; i < REQUESTS; i++) {
                RawResponse answer = stage.gateway.request("POST", "/", "Content-Length: 0");
                passed += answer.status() == 503 ? 1 : 0;
            }
            assertThat(passed).isEqualTo(REQUESTS / 3);
        }
    }

    @Test
    void anUnwantedAnswerOfAnyLengthIsLetGo() throws Exception {
        Script endless =
                Script.perRequest(
                        new Step.Respond("HTTP/1.1 503 Busy\r\nContent-Length: 999999\r\n\r\nx"),
                        new Step.HoldUntilPeerEnds());
        try (Stage stage = stage(RETRIES + ", statuses: [503]}", endless)) {
            assertThat(stage.statuses(REQUESTS)).isEqualTo(Stage.all(REQUESTS, 200));
            stage.awaitQuiet();
            stage.instances.getFirst().awaitNoOpenConnections();
        }
    }

    @Test
    void anAnswerThatAsksForTooLongAWaitIsPassedOn() throws Exception {
        Script busy =
                Script.perRequest(
                        new Step.Respond(
                                "HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"));
        try (Stage stage = stage(RETRIES + ", statuses: [503]}", busy)) {
            List<Integer> statuses = stage.statuses(REQUESTS);
            assertThat(statuses).contains(503);
            assertThat(stage.totals().retries).isZero();
        }
    }

    @Test
    void aStallTimesOutUntilTheInstanceIsEjected() throws Exception {
        String settings =
                "timeouts: {response: 1s}\nejection: {timeouts: 1, time: 1h, time_max: 1h}";
        try (Stage stage = stage(settings, Script.perRequest(new Step.HoldUntilPeerEnds()))) {
            List<Integer> first = stage.statuses(3);
            assertThat(first).containsOnlyOnce(504).contains(200);
            Await.until(
                    "the instance to be ejected",
                    () -> stage.instance(0).standing().state() == State.EJECTED);
            assertThat(stage.instance(0).standing().reason())
                    .isEqualTo("1 time-outs or lost connections in a row");
            assertThat(stage.statuses(REQUESTS)).isEqualTo(Stage.all(REQUESTS, 200));
            stage.awaitQuiet();
        }
    }

    @Test
    void aBodyThatBreaksOffCutsItsClientAndNoOther() throws Exception {
        try (Stage stage =
                stage(RETRIES + "}", Script.oneRequest(new Step.Truncate(100, "half")))) {
            int cut = 0;
            for (int i = 0; i < REQUESTS; i++) {
                try (RawClient client = stage.gateway.client()) {
                    client.send(RunningGateway.head("GET", "/", "Connection: close"));
                    String all = client.readToEnd().text();
                    cut += all.endsWith("half") ? 1 : 0;
                    assertThat(all).startsWith("HTTP/1.1 200");
                }
            }
            assertThat(cut).isEqualTo(REQUESTS / 3);
            assertThat(stage.totals().retries).isZero();
            stage.awaitQuiet();
        }
    }

    @Test
    void anEjectedInstanceComesBackAndNoClientSeesAnyOfIt() throws Exception {
        String settings = RETRIES + "}\nejection: {failures: 1, time: 100ms}";
        try (Stage stage = stage(settings, Stage.good("a"))) {
            ScriptedUpstream faulty = stage.instances.getFirst();
            faulty.refuseConnections();
            Await.until(
                    "the instance to be ejected",
                    () -> {
                        answersWell(stage);
                        return stage.instance(0).standing().state() == State.EJECTED;
                    });
            faulty.acceptConnections();
            Await.until(
                    "it to get requests again",
                    () -> {
                        answersWell(stage);
                        return faulty.requestCount() > 0;
                    });
            Await.until(
                    "it to be eligible", () -> stage.instance(0).standing().state() == State.UP);
        }
    }

    private static void answersWell(Stage stage) {
        try {
            assertThat(stage.get().status()).isEqualTo(200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aCallGoesToEachInstanceBeforeItGoesToOneAgain() throws Exception {
        // Those that are down have the fewest requests under way, and are preferred for it.
        String settings =
                "balance: least_requests\nretries: {attempts: 3, budget: 0%, budget_min: 0}";
        List<Script> held = List.of(Stage.good("a"), Stage.good("b"), Stage.stalling());
        try (Stage stage = new Stage(settings, held.toArray(Script[]::new));
                RawClient busy = stage.gateway.client()) {
            stage.instances.get(0).refuseConnections();
            stage.instances.get(1).refuseConnections();
            busy.send(RunningGateway.head("GET", "/"));
            ScriptedUpstream last = stage.instances.get(2);
            last.awaitRequests(1);
            last.script(Stage.good("c"));
            assertThat(stage.statuses(20)).isEqualTo(Stage.all(20, 200));
        }
    }

    @Test
    void theLastInstanceIsNeverEjected() throws Exception {
        try (Stage stage = new Stage("ejection: {failures: 1}\nretries: 1", Stage.good("a"))) {
            stage.instances.getFirst().refuseConnections();
            assertThat(stage.statuses(5)).isEqualTo(Stage.all(5, 502));
            assertThat(stage.instance(0).standing().state()).isEqualTo(State.UP);
            stage.instances.getFirst().acceptConnections();
            assertThat(stage.get().status()).isEqualTo(200);
        }
    }

    @Test
    void idleConnectionsThatAreLostCountAsNoTry() throws Exception {
        Script closes =
                Script.once(
                        new Step.ReadRequest(),
                        new Step.RespondText(503, List.of(), "busy"),
                        new Step.ReadRequest(),
                        new Step.CloseSocket());
        String settings = RETRIES + ", attempts: 2, statuses: [503]}";
        try (Stage stage = new Stage(settings, Stage.status(503), closes)) {
            ScriptedUpstream busy = stage.instances.get(0);
            ScriptedUpstream other = stage.instances.get(1);
            other.script(closes, Stage.good("well"));
            // Leaves an idle connection at each.
            assertThat(stage.get().status()).isEqualTo(503);
            // The last try is lost with the idle connection, and made good by a fresh one.
            assertThat(stage.get().status()).isEqualTo(200);
            assertThat(busy.requestCount()).isEqualTo(2);
            assertThat(other.requestCount()).isEqualTo(3);
        }
    }

    @Test
    void chosenStatusesEject() throws Exception {
        String settings = "ejection: {statuses: [500-599], answers: 2, time: 1h, time_max: 1h}";
        try (Stage stage = stage(settings, Stage.status(500))) {
            List<Integer> first = stage.statuses(6);
            assertThat(first.stream().filter(each -> each == 500)).hasSize(2);
            Await.until(
                    "the instance to be ejected",
                    () -> stage.instance(0).standing().state() == State.EJECTED);
            assertThat(stage.statuses(6)).isEqualTo(Stage.all(6, 200));
        }
    }
}
