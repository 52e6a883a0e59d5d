package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.protect.HedgeDelay;
import dev.carve.gateway.service.ProtectionView;
import dev.carve.testkit.Await;
import dev.carve.testkit.Octets;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A second instance is asked when the first is late. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HedgeFlowTest {

    private static final int KNOWN = 40;

    private static ProtectionView.HedgesView hedges(Stage stage) {
        return Objects.requireNonNull(stage.view().hedges());
    }

    /** Two instances whose latency is known, of which the first then stalls. */
    private static Stage stalled(String settings) throws Exception {
        Stage stage =
                new Stage(
                        "retries: 1\ntimeouts: {response: 2s}\n" + settings,
                        Stage.good("a"),
                        Stage.good("b"));
        assertThat(stage.statuses(KNOWN)).isEqualTo(Stage.all(KNOWN, 200));
        stage.awaitTurn();
        assertThat(stage.service().protection().hedgeNanos()).isNotEqualTo(HedgeDelay.NEVER);
        change(stage, 0, Script.perRequest(new Step.HoldUntilPeerEnds()));
        return stage;
    }

    /** From now on an instance does this, on new connections only. */
    private static void change(Stage stage, int number, Script to) {
        ScriptedUpstream upstream = stage.instances.get(number);
        upstream.script(to);
        upstream.cutConnections();
        Await.until(
                "the gateway to notice",
                () -> stage.instance(number).upstream().connections() == 0);
    }

    @Test
    void theFasterOfBothAnswersAndTheOtherIsCancelled() throws Exception {
        try (Stage stage = stalled("hedge: {answers: 10, budget: 100%}")) {
            for (int i = 0; i < 6; i++) {
                RawResponse answer = stage.get();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.bodyText()).isEqualTo("b");
            }
            ScriptedUpstream slow = stage.instances.getFirst();
            assertThat(slow.requestCount()).isGreaterThan(KNOWN / 2);
            assertThat(hedges(stage).won()).isPositive();
            assertThat(hedges(stage).sent()).isGreaterThanOrEqualTo(hedges(stage).won());
            slow.awaitNoOpenConnections();
            stage.awaitQuiet();
        }
    }

    @Test
    void theLoserIsCancelledWithTheHeadOfTheWinner() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Stage stage = stalled("hedge: {answers: 10, budget: 100%}");
                RawClient one = stage.gateway.client();
                RawClient two = stage.gateway.client()) {
            change(
                    stage,
                    1,
                    Script.perRequest(
                            new Step.Respond("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"),
                            new Step.Await(release, Duration.ofSeconds(30)),
                            new Step.Respond("done")));
            ScriptedUpstream slow = stage.instances.getFirst();
            long before = slow.requestCount();
            long wonBefore = hedges(stage).won();
            // One of both begins at the instance that stalls.
            one.send(RunningGateway.head("GET", "/"));
            two.send(RunningGateway.head("GET", "/"));
            slow.await("a request", () -> slow.requestCount() > before);
            Await.until("the hedge to win", () -> hedges(stage).won() > wonBefore);
            slow.awaitNoOpenConnections();
            assertThat(stage.totals().inFlight).isEqualTo(2);
            release.countDown();
            assertThat(one.read().bodyText()).isEqualTo("done");
            assertThat(two.read().bodyText()).isEqualTo("done");
            stage.awaitQuiet();
        }
    }

    /** The statuses of two requests one of which the stalled instance gets. */
    private static List<Integer> two(Stage stage, String method) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            statuses.add(stage.gateway.request(method, "/", "Content-Length: 0").status());
        }
        return statuses;
    }

    @Test
    void whatMayNotBeRepeatedIsNotHedged() throws Exception {
        try (Stage stage = stalled("hedge: {answers: 10, budget: 100%}")) {
            long before = hedges(stage).sent();
            assertThat(two(stage, "POST")).containsExactlyInAnyOrder(200, 504);
            assertThat(hedges(stage).sent()).isEqualTo(before);
            stage.awaitQuiet();
        }
    }

    @Test
    void aBudgetOfNothingHedgesNothing() throws Exception {
        try (Stage stage = stalled("hedge: {answers: 10, budget: 0%}")) {
            assertThat(two(stage, "GET")).containsExactlyInAnyOrder(200, 504);
            assertThat(hedges(stage).sent()).isZero();
            assertThat(hedges(stage).refused()).isPositive();
            stage.awaitQuiet();
        }
    }

    @Test
    void aHedgeThatFailsLeavesTheCallToTheFirst() throws Exception {
        try (Stage stage = stalled("hedge: {answers: 10, budget: 100%}")) {
            change(stage, 1, Script.oneRequest(new Step.Reset()));
            // Whoever is first stalls or is reset; the stalled one outlives its hedge and times
            // out.
            assertThat(two(stage, "GET")).isSubsetOf(502, 504).contains(504);
            stage.awaitQuiet();
        }
    }

    @Test
    void whatIsAnsweredInTimeIsNotHedged() throws Exception {
        String settings = "hedge: {answers: 10, budget: 100%, min: 10s}";
        Script inTime =
                Script.perRequest(
                        new Step.Dribble(
                                Octets.of("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
                                20,
                                Duration.ofMillis(10)));
        try (Stage stage = new Stage(settings, inTime, inTime)) {
            assertThat(stage.statuses(KNOWN)).isEqualTo(Stage.all(KNOWN, 200));
            stage.awaitTurn();
            assertThat(stage.service().protection().hedgeNanos()).isNotEqualTo(HedgeDelay.NEVER);
            assertThat(stage.statuses(KNOWN)).isEqualTo(Stage.all(KNOWN, 200));
            assertThat(hedges(stage).sent()).isZero();
            assertThat(hedges(stage).refused()).isZero();
            long asked = stage.instances.stream().mapToLong(each -> each.requestCount()).sum();
            assertThat(asked).isEqualTo(2L * KNOWN);
            stage.awaitQuiet();
        }
    }

    @Test
    void errorsTellNothingOfHowLongAnAnswerTakes() throws Exception {
        Script sheds = Stage.status(503);
        try (Stage stage = new Stage("hedge: {answers: 10, budget: 100%}", sheds, sheds)) {
            assertThat(stage.statuses(KNOWN)).isEqualTo(Stage.all(KNOWN, 503));
            stage.awaitTurn();
            assertThat(stage.service().protection().hedgeNanos()).isEqualTo(HedgeDelay.NEVER);
        }
    }

    @Test
    void aRetryGoesToNeitherOfTheTwoThatAnsweredBadly() throws Exception {
        List<CountDownLatch> releases =
                List.of(new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1));
        String settings =
                "balance: {hash: header:X-User}\nhedge: {answers: 10, budget: 100%}\n"
                        + "retries: {statuses: [503], backoff: 0s}";
        Script good = Stage.good("well");
        try (Stage stage = new Stage(settings, good, good, good);
                RawClient client = stage.gateway.client()) {
            for (int i = 0; i < KNOWN; i++) {
                assertThat(stage.gateway.get("/", "X-User: u" + i).status()).isEqualTo(200);
            }
            stage.awaitTurn();
            for (int i = 0; i < releases.size(); i++) {
                Script bad =
                        Script.perRequest(
                                new Step.Await(releases.get(i), Duration.ofSeconds(30)),
                                new Step.RespondText(503, List.of(), "busy"));
                change(stage, i, bad);
                stage.instances.get(i).forget();
            }
            client.send(RunningGateway.head("GET", "/", "X-User: u"));
            Await.until("the hedge", () -> asked(stage).size() == 2);
            int first = asked(stage).getFirst();
            releases.get(first).countDown();
            Await.until("its answer", () -> stage.instance(first).inFlight() == 0);
            releases.forEach(CountDownLatch::countDown);
            assertThat(client.read().status()).isEqualTo(503);
            assertThat(asked(stage)).hasSize(3);
            stage.awaitQuiet();
        }
    }

    /** The instances that have got a request, by their numbers. */
    private static List<Integer> asked(Stage stage) {
        List<Integer> asked = new ArrayList<>();
        for (int i = 0; i < stage.instances.size(); i++) {
            if (stage.instances.get(i).requestCount() > 0) {
                asked.add(i);
            }
        }
        return asked;
    }

    @Test
    void aSingleInstanceIsNotAskedTwice() throws Exception {
        try (Stage stage =
                new Stage("hedge: {answers: 10, budget: 100%, min: 1ms}", Stage.good("a"))) {
            assertThat(stage.statuses(KNOWN)).isEqualTo(Stage.all(KNOWN, 200));
            stage.awaitTurn();
            assertThat(stage.statuses(KNOWN)).isEqualTo(Stage.all(KNOWN, 200));
            assertThat(stage.instances.getFirst().requestCount()).isEqualTo(2 * KNOWN);
        }
    }
}
