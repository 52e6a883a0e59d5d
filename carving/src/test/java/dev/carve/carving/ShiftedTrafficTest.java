package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.guard.Side;
import dev.carve.carving.shift.Stage;
import dev.carve.gateway.Action;
import dev.carve.gateway.ActiveCall;
import dev.carve.gateway.Call;
import dev.carve.http.ResponseSink;
import dev.carve.runtime.Failure;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who answers whom while traffic moves, and the ways back. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ShiftedTrafficTest {

    private static final String STEPS =
            "shift: { steps: [20%, 60%, 100%], every: 1h, sticky: \"header:x-user\" }";

    private static Script answering(String text) {
        return Script.perRequest(new Step.RespondText(200, List.of(), text));
    }

    private static Set<Integer> atNew(RunningCarves carves, int users) throws Exception {
        Set<Integer> found = new HashSet<>();
        for (int i = 0; i < users; i++) {
            if (carves.get("/", "user" + i).bodyText().equals("new")) {
                found.add(i);
            }
        }
        return found;
    }

    @Test
    void stepsKeepWhoIsAtTheNewSide() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.start(old.port(), fresh.port(), STEPS)) {
            assertThat(atNew(carves, 100)).isEmpty();

            assertThat(carves.command("route_approve")).isInstanceOf(AdminCommand.Done.class);
            Set<Integer> first = atNew(carves, 300);
            assertThat(carves.command("route_approve")).isInstanceOf(AdminCommand.Done.class);
            Set<Integer> second = atNew(carves, 300);
            assertThat(carves.command("route_approve")).isInstanceOf(AdminCommand.Done.class);

            // Within six standard deviations of 60 and 180.
            assertThat(first.size()).isBetween(18, 102);
            assertThat(second.size()).isBetween(129, 231);
            assertThat(second).containsAll(first);
            assertThat(atNew(carves, 100)).hasSize(100);
        }
    }

    @Test
    void rollBackByHandSendsEverybodyBack() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.start(old.port(), fresh.port(), STEPS)) {
            carves.command("route_approve");
            carves.command("route_approve");
            assertThat(atNew(carves, 50)).isNotEmpty();

            assertThat(carves.command("route_rollback")).isInstanceOf(AdminCommand.Done.class);

            assertThat(atNew(carves, 50)).isEmpty();
            assertThat(carves.carve().state().stage()).isEqualTo(Stage.ROLLED_BACK);
            assertThat(carves.carve().recent().getFirst().by()).isEqualTo("operator");
        }
    }

    @Test
    void whatIsUnderWayAtTheNewSideFinishesThereAfterARollBack() throws Exception {
        var begun = new CountDownLatch(2);
        var rolledBack = new CountDownLatch(1);
        Step wait = new Step.Await(rolledBack, Duration.ofSeconds(30));
        var slowHead =
                Script.perRequest(
                        new Step.Signal(begun), wait, new Step.RespondText(200, List.of(), "new"));
        var slowBody =
                Script.perRequest(
                        new Step.Respond("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nn"),
                        new Step.Signal(begun),
                        wait,
                        new Step.Respond("ew"));
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(slowHead, slowBody);
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "shift: { steps: [100%], every: 1h }");
                var one = RawClient.connect(carves.port());
                var other = RawClient.connect(carves.port())) {
            carves.command("route_approve");
            one.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(carves.command("route_rollback")).isInstanceOf(AdminCommand.Done.class);

            assertThat(atNew(carves, 20)).isEmpty();
            assertThat(old.requestCount()).isEqualTo(20);
            rolledBack.countDown();
            assertThat(one.read().bodyText()).isEqualTo("new");
            assertThat(other.read().bodyText()).isEqualTo("new");
            assertThat(one.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read().bodyText())
                    .as("the next of the same connection")
                    .isEqualTo("old");
            assertThat(fresh.requestCount()).isEqualTo(2);
            assertThat(old.requestCount()).isEqualTo(21);
            assertThat(carves.carve().counts().fallbacks()).isZero();
        } finally {
            rolledBack.countDown();
        }
    }

    @Test
    void newSideThatIsGoneIsNotSeenByClientsAndRollsBack() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var nobody = Ports.refusing();
                var carves =
                        RunningCarves.start(
                                old.port(),
                                nobody.port(),
                                "shift: { steps: [100%], sticky: \"header:x-user\" }")) {
            carves.command("route_approve");

            for (int i = 0; i < 3; i++) {
                RawResponse answer = carves.get("/", "user" + i);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.bodyText()).isEqualTo("old");
            }

            // The share falls first; what is told of it follows.
            Await.until(
                    "the roll-back", () -> carves.carve().recent().getFirst().by().equals("guard"));
            assertThat(carves.carve().state().stage()).isEqualTo(Stage.ROLLED_BACK);
            assertThat(carves.carve().counts().fallbacks()).isEqualTo(3);
        }
    }

    @Test
    void clientSeesTheFailureWhereFallbackIsOff() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var nobody = Ports.refusing();
                var carves =
                        RunningCarves.start(
                                old.port(),
                                nobody.port(),
                                "fallback: off",
                                "shift: { steps: [100%] }")) {
            carves.command("route_approve");

            assertThat(carves.get("/", "u").status()).isEqualTo(502);
        }
    }

    @Test
    void testersChooseTheirSideWhereTheFileLetsThem() throws Exception {
        String asking = "GET / HTTP/1.1\r\nHost: h\r\nCarve-To: new\r\n\r\n";
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var open = RunningCarves.start(old.port(), fresh.port(), "override: header");
                var shut = RunningCarves.start(old.port(), fresh.port(), "mirror: 0%")) {
            assertThat(open.send(asking).bodyText()).isEqualTo("new");
            assertThat(shut.send(asking).bodyText()).isEqualTo("old");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void testersChooseTheirSideWhileTrafficMovesAndInAPause(boolean paused) throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var open = shifting(paused, old, fresh, "override: header");
                var shut = shifting(paused, old, fresh)) {
            Set<Integer> moved = atNew(open, 40);
            assertThat(moved).isNotEmpty().hasSizeLessThan(40);
            for (int i = 0; i < 40; i++) {
                String own = moved.contains(i) ? "new" : "old";
                assertThat(asking(open, i, "new")).isEqualTo("new");
                assertThat(asking(open, i, "old")).isEqualTo("old");
                assertThat(asking(open, i, "neither")).isEqualTo(own);
                assertThat(asking(shut, i, "new")).as("off by default").isEqualTo(own);
                assertThat(asking(shut, i, "old")).as("off by default").isEqualTo(own);
            }
        }
    }

    /** In the first of the steps. */
    private static RunningCarves shifting(
            boolean paused, ScriptedUpstream old, ScriptedUpstream fresh, String... more) {
        List<String> lines = new ArrayList<>(List.of(more));
        lines.add(STEPS.replace("20%", "50%"));
        var carves = RunningCarves.start(old.port(), fresh.port(), lines.toArray(String[]::new));
        carves.command("route_approve");
        if (paused) {
            carves.command("route_pause");
        }
        assertThat(carves.carve().state().stage()).isEqualTo(paused ? Stage.PAUSED : Stage.SHIFT);
        return carves;
    }

    /** Who answers that user who asks for a side. */
    private static String asking(RunningCarves carves, int user, String side) throws Exception {
        return carves.send(
                        "GET / HTTP/1.1\r\nHost: h\r\nX-User: user%d\r\nCarve-To: %s\r\n\r\n"
                                .formatted(user, side))
                .bodyText();
    }

    @Test
    void requestsAtTheNewSideAreMirroredBack() throws Exception {
        try (var old = ScriptedUpstream.start(answering("same"));
                var fresh = ScriptedUpstream.start(answering("same"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 100%",
                                "shift: { steps: [100%] }")) {
            carves.command("route_approve");
            carves.get("/", "u");

            old.awaitRequests(1);
            assertThat(old.requests().getFirst().head().first("Carve-Mirror")).contains("copy");
            Await.until(
                    "the answers to be compared", () -> carves.carve().findings().compared() == 1);
        }
    }

    @Test
    void ownCookieKeepsAClientAtItsSide() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "shift: { steps: [50%], sticky: own }")) {
            carves.command("route_approve");
            for (int i = 0; i < 30; i++) {
                RawResponse first = carves.get("/", "u");
                String cookie = first.field("Set-Cookie").orElseThrow().split(";", 2)[0];
                RawResponse again =
                        carves.send("GET / HTTP/1.1\r\nHost: h\r\nCookie: " + cookie + "\r\n\r\n");

                assertThat(again.bodyText()).isEqualTo(first.bodyText());
                assertThat(again.field("Set-Cookie")).isEmpty();
            }
        }
    }

    @Test
    void reloadKeepsTheStageAndAnotherNewSideBeginsAgain() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.start(old.port(), fresh.port(), STEPS)) {
            carves.command("route_approve");
            Carve before = carves.carve();
            carves.reload(RunningCarves.yaml(old.port(), fresh.port(), "", STEPS, "mirror: 10%"));
            assertThat(carves.carve()).isSameAs(before);
            assertThat(carves.carve().state().stage()).isEqualTo(Stage.SHIFT);

            String other =
                    RunningCarves.yaml(old.port(), fresh.port(), "", STEPS)
                            .replace("fresh", "other");
            carves.reload(other);
            assertThat(carves.carve()).isNotSameAs(before);
            assertThat(carves.carve().state().stage()).isEqualTo(Stage.MIRROR);
        }
    }

    @Test
    void rollBackIsToldToTheWebhook() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var hook = ScriptedUpstream.start(answering("thanks"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                STEPS,
                                "guard: { webhook: \"http://127.0.0.1:%d/alarm\" }"
                                        .formatted(hook.port()))) {
            carves.command("route_approve");
            carves.command("route_rollback");

            var told = hook.awaitRequests(1).getFirst();
            assertThat(told.method() + " " + told.target()).isEqualTo("POST /alarm");
            assertThat(told.body().kept().text())
                    .contains("\"route\":\"shop\"", "\"from\":\"shift 20%\"", "rolled_back");
        }
    }

    @Test
    void finishedCarveHasNoWayBackByItself() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(old.port(), fresh.port(), "shift: { steps: [100%] }")) {
            carves.command("route_approve");
            assertThat(carves.command("route_finish")).isInstanceOf(AdminCommand.Done.class);
            assertThat(carves.get("/", "u").bodyText()).isEqualTo("new");
            fresh.refuseConnections();
            fresh.cutConnections();

            for (int i = 0; i < 4; i++) {
                assertThat(carves.get("/", "u").status()).isEqualTo(502);
            }

            assertThat(carves.command("route_start")).isInstanceOf(AdminCommand.Refused.class);
            assertThat(carves.carve().state().stage()).isEqualTo(Stage.DONE);
            assertThat(old.requests()).isEmpty();
        }
    }

    @Test
    void carveWithoutStepsStaysAtMirroringWhoeverApproves() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.start(old.port(), fresh.port(), "mirror: 0%")) {
            assertThat(carves.command("route_approve"))
                    .isInstanceOfSatisfying(
                            AdminCommand.Refused.class,
                            refused -> assertThat(refused.text()).contains("gives no steps"));

            assertThat(carves.carve().state().stage()).isEqualTo(Stage.MIRROR);
            assertThat(atNew(carves, 20)).isEmpty();
        }
    }

    @Test
    void mirroringThatAReloadTurnsOnIsJudgedByItsMismatches() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.start(old.port(), fresh.port(), STEPS)) {
            Await.until("a judgement", () -> carves.carve().judgement() != null);
            assertThat(figures(carves)).doesNotContain("mismatches");

            carves.reload(RunningCarves.yaml(old.port(), fresh.port(), "", STEPS, "mirror: 100%"));

            Await.until("mismatches to be judged", () -> figures(carves).contains("mismatches"));
        }
    }

    @Test
    void errorOfOneSideIsJudgedAsAnErrorAndNotAsAMismatchToo() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(failing(503));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "noise: 0%")) {
            for (int i = 1; i <= 6; i++) {
                int sent = i;
                carves.get("/", "u");
                Await.until(
                        "its answers to be compared",
                        () -> carves.carve().findings().mismatches() == sent);
            }
            fresh.script(failing(404));
            fresh.cutConnections();
            for (int i = 7; i <= 13; i++) {
                int sent = i;
                carves.get("/", "u");
                Await.until(
                        "its answers to be compared",
                        () -> carves.carve().findings().mismatches() == sent);
            }

            Await.until(
                    "only the last seven to be judged",
                    () -> figures(carves).contains("mismatches 100.000 % of 7 compared"));
        }
    }

    private static Script failing(int status) {
        return Script.perRequest(new Step.RespondText(status, List.of(), "no"));
    }

    private static String figures(RunningCarves carves) {
        var judged = carves.carve().judgement();
        return judged == null ? "" : String.join("\n", judged.figures());
    }

    @Test
    void oldSideThatThrowsInTheNewOnesPlaceStillGivesTheClientAnAnswer() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.start(old.port(), fresh.port(), STEPS)) {
            var loop = carves.loops.all().getFirst();
            var told = new LinkedBlockingQueue<Failure>();
            Action refuses =
                    (call, sink) -> {
                        sink.failed(Failure.of(Failure.Kind.CONNECT_REFUSED, "nobody"));
                        return ActiveCall.NONE;
                    };
            Action throwsAlways =
                    (call, sink) -> {
                        throw new IllegalStateException("faulty");
                    };
            loop.execute(() ->
                    CarveLoop.of(loop)
                            .take()
                            .start(
                                    carves.carve(),
                                    repeatable(),
                                    telling(told),
                                    Side.NEW,
                                    refuses,
                                    throwsAlways,
                                    null));

            assertThat(told.poll(5, TimeUnit.SECONDS))
                    .isNotNull()
                    .extracting(Failure::kind)
                    .isEqualTo(Failure.Kind.INTERNAL);
            var after = new CompletableFuture<Void>();
            loop.execute(() -> after.complete(null));
            after.get(5, TimeUnit.SECONDS);
            assertThat(told).as("told once").isEmpty();
        }
    }

    /** A call of which nothing is asked but that it may be sent again, now and for ever. */
    private static Call repeatable() {
        return answering(
                Call.class,
                (name, arguments) ->
                        switch (name) {
                            case "isRepeatable" -> true;
                            case "isBodyTaken" -> false;
                            case "deadlineNanos" -> Long.MAX_VALUE;
                            default -> throw new AssertionError(name);
                        });
    }

    private static ResponseSink telling(BlockingQueue<Failure> told) {
        return answering(
                ResponseSink.class,
                (name, arguments) -> {
                    assertThat(name).isEqualTo("failed");
                    told.add((Failure) arguments[0]);
                    return null;
                });
    }

    private static <T> T answering(
            Class<T> type, BiFunction<String, Object[], @Nullable Object> answer) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> answer.apply(method.getName(), arguments)));
    }
}
