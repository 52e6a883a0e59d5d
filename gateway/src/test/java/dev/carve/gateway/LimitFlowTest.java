package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.protect.Limit;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.Script;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits of a service and of a route in the way of a request; both behave alike. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LimitFlowTest {

    private static final String LIMIT = "limit: {requests: 1, waiting: 1, wait: 1m}";

    private static final int WAITING = 12;
    private static final String LINE = "limit: {requests: 1, waiting: 50, wait: 1m}";

    private final CountDownLatch release = new CountDownLatch(1);

    /** The first request waits for the test, all others are answered at once. */
    private Stage held(String service, String route) {
        return new Stage(service, route, script());
    }

    private Script script() {
        return Script.perRequest(
                new Step.Await(release, Duration.ofSeconds(30)),
                new Step.RespondText(200, List.of(), "held"));
    }

    private static int waiting(Stage stage) {
        return routeLimit(stage) == null
                ? stage.limit().waiting()
                : Objects.requireNonNull(routeLimit(stage)).waiting();
    }

    private static int inFlight(Stage stage) {
        return routeLimit(stage) == null
                ? stage.limit().inFlight()
                : Objects.requireNonNull(routeLimit(stage)).inFlight();
    }

    private static @org.jspecify.annotations.Nullable Limit routeLimit(Stage stage) {
        return stage.gateway.gateway.registry().limits().all().get("/");
    }

    private void oneIsServedOneWaitsOneIsRefused(Stage stage) throws Exception {
        try (RawClient first = stage.gateway.client();
                RawClient second = stage.gateway.client()) {
            first.send(RunningGateway.head("GET", "/"));
            stage.instances.getFirst().awaitRequests(1);
            second.send(RunningGateway.head("GET", "/"));
            Await.until("the second to wait", () -> waiting(stage) == 1);
            RawResponse third = stage.get();
            assertThat(third.status()).isEqualTo(503);
            assertThat(third.field("Carve-Error")).contains("overloaded");
            assertThat(third.field("Retry-After")).isPresent();
            assertThat(stage.instances.getFirst().requestCount()).isOne();
            release.countDown();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(second.read().status()).isEqualTo(200);
            Await.until("nothing in flight", () -> inFlight(stage) == 0);
            assertThat(waiting(stage)).isZero();
            stage.awaitQuiet();
        }
    }

    @Test
    void ofAServiceOneIsServedOneWaitsOneIsRefused() throws Exception {
        try (Stage stage = held(LIMIT, "")) {
            oneIsServedOneWaitsOneIsRefused(stage);
        }
    }

    @Test
    void ofARouteOneIsServedOneWaitsOneIsRefused() throws Exception {
        try (Stage stage = held("retries: 1", LIMIT)) {
            oneIsServedOneWaitsOneIsRefused(stage);
        }
    }

    /** One line for clients of three loops: whoever frees a permit wakes one of another loop. */
    private void allWhoWaitAreServedInTurn(Stage stage) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < WAITING; i++) {
                RawClient client = stage.gateway.client();
                clients.add(client);
                client.send(RunningGateway.head("GET", "/" + i));
                int waiting = i;
                Await.until("client " + i, () -> inFlight(stage) == 1 && waiting(stage) == waiting);
            }
            release.countDown();
            for (RawClient client : clients) {
                assertThat(client.read().status()).isEqualTo(200);
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
        assertThat(stage.instances.getFirst().requests().stream().map(RecordedRequest::target))
                .containsExactlyElementsOf(
                        IntStream.range(0, WAITING).mapToObj(i -> "/" + i).toList());
        Await.until("nothing in flight", () -> inFlight(stage) == 0);
        stage.awaitQuiet();
    }

    @Test
    void ofAServiceAllWhoWaitOnSeveralLoopsAreServedInTurn() throws Exception {
        try (Stage stage = new Stage(3, LINE, "", script())) {
            allWhoWaitAreServedInTurn(stage);
        }
    }

    @Test
    void ofARouteAllWhoWaitOnSeveralLoopsAreServedInTurn() throws Exception {
        try (Stage stage = new Stage(3, "retries: 1", LINE, script())) {
            allWhoWaitAreServedInTurn(stage);
        }
    }

    private void aClientThatLeavesWhileItWaitsLeavesTheLine(Stage stage) throws Exception {
        try (RawClient first = stage.gateway.client();
                RawClient third = stage.gateway.client()) {
            first.send(RunningGateway.head("GET", "/"));
            stage.instances.getFirst().awaitRequests(1);
            try (RawClient second = stage.gateway.client()) {
                second.send(RunningGateway.head("GET", "/second"));
                Await.until("the second to wait", () -> waiting(stage) == 1);
                second.reset();
            }
            Await.until("the second to be gone", () -> waiting(stage) == 0);
            third.send(RunningGateway.head("GET", "/third"));
            Await.until("the third to wait", () -> waiting(stage) == 1);
            release.countDown();
            assertThat(first.read().status()).isEqualTo(200);
            assertThat(third.read().status()).isEqualTo(200);
            Await.until("nothing in flight", () -> inFlight(stage) == 0);
            assertThat(stage.instances.getFirst().requests())
                    .noneMatch(each -> each.target().equals("/second"));
            stage.awaitQuiet();
        }
    }

    @Test
    void ofAServiceAClientThatLeavesWhileItWaitsLeavesTheLine() throws Exception {
        try (Stage stage = held(LIMIT, "")) {
            aClientThatLeavesWhileItWaitsLeavesTheLine(stage);
        }
    }

    @Test
    void ofARouteAClientThatLeavesWhileItWaitsLeavesTheLine() throws Exception {
        try (Stage stage = held("retries: 1", LIMIT)) {
            aClientThatLeavesWhileItWaitsLeavesTheLine(stage);
        }
    }

    private void whoWaitsTooLongIsRefused(Stage stage) throws Exception {
        try (RawClient first = stage.gateway.client()) {
            first.send(RunningGateway.head("GET", "/"));
            stage.instances.getFirst().awaitRequests(1);
            RawResponse second = stage.get();
            assertThat(second.status()).isEqualTo(503);
            assertThat(second.field("Carve-Error")).contains("overloaded");
            assertThat(waiting(stage)).isZero();
            release.countDown();
            assertThat(first.read().status()).isEqualTo(200);
            Await.until("nothing in flight", () -> inFlight(stage) == 0);
            assertThat(stage.get().status()).isEqualTo(200);
        }
    }

    @Test
    void ofAServiceWhoWaitsTooLongIsRefused() throws Exception {
        try (Stage stage = held("limit: {requests: 1, waiting: 5, wait: 20ms}", "")) {
            whoWaitsTooLongIsRefused(stage);
        }
    }

    @Test
    void ofARouteWhoWaitsTooLongIsRefused() throws Exception {
        try (Stage stage = held("retries: 1", "limit: {requests: 1, waiting: 5, wait: 20ms}")) {
            whoWaitsTooLongIsRefused(stage);
        }
    }

    @Test
    void nobodyWaitsPastTheDeadline() throws Exception {
        try (Stage stage = held(LIMIT, "timeout: 1h");
                RawClient first = stage.gateway.client()) {
            first.send(RunningGateway.head("GET", "/"));
            stage.instances.getFirst().awaitRequests(1);
            // The client's own deadline, far below the longest wait.
            RawResponse second = stage.gateway.get("/", "Carve-Timeout: 20");
            assertThat(second.status()).isEqualTo(503);
            release.countDown();
            assertThat(first.read().status()).isEqualTo(200);
            stage.awaitQuiet();
        }
    }

    @Test
    void permitsComeBackHoweverACallEnds() throws Exception {
        List<Script> endings =
                List.of(
                        Script.oneRequest(new Step.Reset()),
                        Script.oneRequest(new Step.Truncate(9, "half")),
                        Script.oneRequest(new Step.CloseSocket()),
                        Stage.status(500));
        for (Script each : endings) {
            try (Stage stage = new Stage("limit: 1", "limit: 1", each)) {
                for (int i = 0; i < 3; i++) {
                    try (RawClient client = stage.gateway.client()) {
                        client.send(RunningGateway.head("GET", "/", "Connection: close"));
                        assertThat(client.readToEnd().text()).doesNotContain("overloaded");
                    }
                    Await.until("nothing in flight", () -> inFlight(stage) == 0);
                    stage.awaitQuiet();
                }
            }
        }
    }

    @Test
    void aClientThatLeavesWhileItIsServedGivesItsPermitsBack() throws Exception {
        try (Stage stage = held("limit: 1", "limit: 1")) {
            try (RawClient first = stage.gateway.client()) {
                first.send(RunningGateway.head("GET", "/"));
                stage.instances.getFirst().awaitRequests(1);
                first.reset();
            }
            Await.until("nothing in flight", () -> inFlight(stage) == 0);
            stage.awaitQuiet();
            release.countDown();
            assertThat(stage.get().status()).isEqualTo(200);
        }
    }

    @Test
    void aReloadThatChangesTheNumberKeepsThoseInFlight() throws Exception {
        try (Stage stage = held(LIMIT, LIMIT);
                RawClient first = stage.gateway.client()) {
            first.send(RunningGateway.head("GET", "/"));
            stage.instances.getFirst().awaitRequests(1);
            String more = "limit: {requests: 2, waiting: 1, wait: 1m}";
            stage.reload(more, more);
            assertThat(stage.limit().permits()).isEqualTo(2);
            assertThat(stage.limit().inFlight()).isOne();
            assertThat(inFlight(stage)).isOne();
            release.countDown();
            assertThat(first.read().status()).isEqualTo(200);
            Await.until("nothing in flight", () -> inFlight(stage) == 0);
            stage.awaitQuiet();
        }
    }

    @Test
    void anAdaptiveLimitMovesWithTheAnswersOfTheService() throws Exception {
        int busy = 12;
        List<RawClient> clients = new ArrayList<>();
        try (Stage stage = held("limit: {adaptive: {}}", "")) {
            int before = stage.limit().permits();
            // More than half of the permits, or nothing is learnt about their number.
            for (int i = 0; i < busy; i++) {
                RawClient client = stage.gateway.client();
                clients.add(client);
                client.send(RunningGateway.head("GET", "/"));
            }
            stage.instances.getFirst().awaitRequests(busy);
            stage.instances.getFirst().script(Stage.good("at once"));
            while (stage.limit().permits() == before) {
                assertThat(stage.statuses(busy)).isEqualTo(Stage.all(busy, 200));
                stage.awaitTurn();
            }
            assertThat(stage.limit().usual()).isPositive();
            release.countDown();
            for (RawClient each : clients) {
                assertThat(each.read().status()).isEqualTo(200);
            }
            stage.awaitQuiet();
        } finally {
            for (RawClient each : clients) {
                each.close();
            }
        }
    }

    @Test
    void anAdaptiveLimitBeginsWithinItsBounds() throws Exception {
        try (Stage stage = new Stage("limit: {adaptive: {min: 1, max: 7}}", Stage.good("a"))) {
            assertThat(stage.get().status()).isEqualTo(200);
            assertThat(stage.limit().permits()).isBetween(1, 7);
            assertThat(stage.limit().usual()).isNotNull();
            stage.awaitQuiet();
        }
    }
}
