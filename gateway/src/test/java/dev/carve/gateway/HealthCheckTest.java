package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.service.Standing;
import dev.carve.gateway.service.Standing.State;
import dev.carve.testkit.Await;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks against scripted instances; each check is a connection, and so a script, of its own. */
class HealthCheckTest {

    private static final String PATH = "health: {path: /up, every: 100ms, timeout: 5s}";

    private static Script answer(int status, String body) {
        return Script.oneRequest(new Step.RespondText(status, List.of(), body));
    }

    private static Script answer(int status) {
        return answer(status, "");
    }

    private static String yaml(int port, String... settings) {
        StringBuilder yaml = new StringBuilder("services:\n  m:\n");
        yaml.append("    urls: http://127.0.0.1:").append(port).append('\n');
        for (String line : settings) {
            yaml.append("    ").append(line).append('\n');
        }
        return yaml.append("routes: [{match: /, to: m}]\n").toString();
    }

    private static Service service(RunningGateway gateway) {
        return gateway.gateway.registry().services().iterator().next();
    }

    private static Instance instance(RunningGateway gateway) {
        return service(gateway).members().instances().getFirst();
    }

    private static Standing await(RunningGateway gateway, State state) {
        Instance instance = instance(gateway);
        Await.until("the instance to be " + state, () -> instance.standing().state() == state);
        return instance.standing();
    }

    private static void failsWith(Script script, String health, String reason) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port(), health))) {
            assertThat(await(gateway, State.UNHEALTHY).reason()).isEqualTo(reason);
            assertThat(gateway.get("/").field("Carve-Error")).contains("no_instance");
        }
    }

    @Test
    void theVeryFirstCheckDecidesAlone() throws Exception {
        failsWith(answer(500), PATH, "status 500 (expected: 200-299)");
    }

    @Test
    void aBodyWithoutTheTextIsAFailure() throws Exception {
        failsWith(
                answer(200, "database down"),
                "health: {path: /up, every: 100ms, timeout: 5s, body: all well}",
                "the body does not hold what it should");
    }

    @Test
    void aLostConnectionIsAFailure() throws Exception {
        failsWith(Script.oneRequest(new Step.CloseSocket()), PATH, "upstream_closed");
    }

    @Test
    void anAnswerThatDoesNotEndInTimeIsAFailure() throws Exception {
        String health = "health: {path: /up, every: 100ms, timeout: 50ms}";
        String reason = "no whole answer within 50ms";
        failsWith(Script.oneRequest(new Step.HoldUntilPeerEnds()), health, reason);
        failsWith(
                Script.oneRequest(
                        new Step.Respond("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
                        new Step.HoldUntilPeerEnds()),
                health,
                reason);
    }

    @Test
    void aRefusedConnectionIsAFailure() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(answer(200))) {
            upstream.refuseConnections();
            try (RunningGateway gateway = RunningGateway.start(yaml(upstream.port(), PATH))) {
                assertThat(await(gateway, State.UNHEALTHY).reason()).isEqualTo("connect_refused");
                upstream.acceptConnections();
                await(gateway, State.UP);
            }
        }
    }

    @Test
    void theRequestIsAsTheFileSays() throws Exception {
        String health =
                "health: {path: /up?full, method: POST, headers: {X-Check: carve}, every: 100ms,"
                        + " timeout: 5s, status: [204, 500-503], body: \"\u00e4ll well\"}";
        String body = "it is \u00c3\u00a4ll well"; // UTF-8 as the script's Latin-1
        try (ScriptedUpstream upstream = ScriptedUpstream.start(answer(502, body));
                RunningGateway gateway =
                        RunningGateway.start(yaml(upstream.port(), health, "readiness: true"))) {
            Await.until("a check to be through", () -> gateway.gateway.unready() == null);
            RecordedRequest seen = upstream.awaitRequests(1).getFirst();
            assertThat(seen.head().bytes().text())
                    .isEqualTo(
                            "POST /up?full HTTP/1.1\r\nHost: 127.0.0.1:"
                                    + upstream.port()
                                    + "\r\nX-Check: carve\r\nConnection: close\r\n\r\n");
            assertThat(instance(gateway).standing().state()).isEqualTo(State.UP);
        }
    }

    @Test
    void fewerFailuresInARowThanFallChangeNothing() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                answer(200),
                                answer(500),
                                answer(500),
                                answer(200),
                                answer(500),
                                answer(500),
                                answer(200));
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port(), PATH))) {
            Standing first = instance(gateway).standing();
            upstream.awaitConnections(8);
            assertThat(first.state()).isEqualTo(State.UP);
            assertThat(instance(gateway).standing()).isEqualTo(first);
        }
    }

    @Test
    void riseAndFallDecideWhenTheVerdictChanges() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                answer(200),
                                answer(500),
                                answer(500),
                                answer(500),
                                answer(200),
                                answer(500),
                                answer(200),
                                answer(200));
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port(), PATH))) {
            await(gateway, State.UNHEALTHY);
            int failedAfter = upstream.connections().size();
            await(gateway, State.UP);
            // At the fourth check and at the eighth, or later if this thread came late.
            assertThat(failedAfter).isGreaterThanOrEqualTo(4);
            assertThat(upstream.connections().size()).isGreaterThanOrEqualTo(8);
        }
    }

    @Test
    void checksCountNeitherAsCallsNorAgainstBounds() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(Script.oneRequest(new Step.HoldUntilPeerEnds()));
                RunningGateway gateway =
                        RunningGateway.start(
                                yaml(
                                        upstream.port(),
                                        "health: {path: /up, every: 100ms, timeout: 10m}",
                                        "requests: 1",
                                        "connections: 1"))) {
            upstream.awaitRequests(1);
            Instance instance = instance(gateway);
            assertThat(instance.inFlight()).isZero();
            assertThat(instance.upstream().connections()).isZero();
            assertThat(instance.allows()).isTrue();
            upstream.script(answer(200, "call"));
            assertThat(gateway.get("/").bodyText()).isEqualTo("call");
        }
    }

    @Test
    void aFileWithoutChecksEndsThemAndTheirVerdict() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(answer(500));
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port(), PATH))) {
            await(gateway, State.UNHEALTHY);
            gateway.gateway.load(RunningGateway.settings(yaml(upstream.port())));
            assertThat(instance(gateway).standing().state()).isEqualTo(State.UP);
            upstream.awaitNoOpenConnections();
            upstream.script(answer(200, "call"));
            assertThat(gateway.get("/").bodyText()).isEqualTo("call");
        }
    }

    @Test
    void checksThatStayEqualKeepTheirVerdictOverAReload() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(answer(500));
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port(), PATH))) {
            Standing before = await(gateway, State.UNHEALTHY);
            gateway.gateway.load(
                    RunningGateway.settings(yaml(upstream.port(), PATH, "requests: 7")));
            assertThat(instance(gateway).standing()).isEqualTo(before);
        }
    }

    @Test
    void aCheckUnderWayIsCancelledWithItsInstance() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(Script.oneRequest(new Step.HoldUntilPeerEnds()));
                ScriptedUpstream other = ScriptedUpstream.start(answer(200));
                RunningGateway gateway =
                        RunningGateway.start(
                                yaml(
                                        upstream.port(),
                                        "health: {path: /up, every: 100ms, timeout: 10m}"))) {
            upstream.awaitRequests(1);
            gateway.gateway.load(RunningGateway.settings(yaml(other.port())));
            upstream.awaitNoOpenConnections();
            assertThat(upstream.requestCount()).isEqualTo(1);
        }
    }

    @Test
    void readinessWaitsForAnInstanceThatWorks() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(answer(500));
                RunningGateway gateway =
                        RunningGateway.start(yaml(upstream.port(), PATH, "readiness: true"))) {
            assertThat(gateway.gateway.unready()).isEqualTo("m");
            upstream.script(answer(200));
            Await.until("readiness", () -> gateway.gateway.unready() == null);
            upstream.script(answer(500));
            Await.until("no readiness", () -> gateway.gateway.unready() != null);
        }
    }

    @Test
    void aRecoveredInstanceStartsWithASmallShare() throws Exception {
        int calls = 110;
        String settings = PATH + "\nslow_start: 1h";
        try (Stage stage = new Stage(settings, Stage.good("a"), Stage.status(500))) {
            awaitState(stage, 1, State.UNHEALTHY);
            // Of the first file all are there from the beginning, and only who comes back is new.
            awaitState(stage, 0, State.UP);
            stage.instances.get(1).script(Stage.good("b"));
            awaitState(stage, 1, State.STARTING);
            assertThat(stage.statuses(calls)).isEqualTo(Stage.all(calls, 200));
            // A tenth of the other's to begin with; an even share would be half of all.
            assertThat(stage.instance(1).metrics().totals().ended).isBetween(1L, (long) calls / 4);
        }
    }

    private static void awaitState(Stage stage, int number, State state) {
        Await.until(
                "instance " + number + " to be " + state,
                () -> stage.instance(number).standing().state() == state);
    }

    @Test
    void aRecoveredInstanceEndsUp() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(answer(500));
                RunningGateway gateway =
                        RunningGateway.start(yaml(upstream.port(), PATH, "slow_start: 200ms"))) {
            await(gateway, State.UNHEALTHY);
            upstream.script(answer(200));
            Await.until(
                    "the instance to have started",
                    Duration.ofSeconds(10),
                    () -> instance(gateway).standing().state() == State.UP,
                    () -> instance(gateway).standing().toString());
        }
    }
}
