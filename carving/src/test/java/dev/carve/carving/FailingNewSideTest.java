package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.shift.Stage;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ways of the new side to fail that give no answer to count: each counts against it. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class FailingNewSideTest {

    private static final Script SILENT = Script.perRequest(new Step.Stall());
    private static final String SHIFT = "shift: { steps: [100%] }";

    private static Script answering(String text) {
        return Script.perRequest(new Step.RespondText(200, List.of(), text));
    }

    /** The route gives up after that time. */
    private static RunningCarves within(String timeout, int oldPort, int newPort, String... carve) {
        return RunningCarves.of(
                RunningCarves.yaml(oldPort, newPort, "", carve)
                        .replace("  to: old\n", "  to: old\n  timeout: " + timeout + "\n"));
    }

    /** Requests of the new side that the guard knows of. */
    private static long counted(RunningCarves carves) {
        try {
            return carves.judged().requests();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static int status(RunningCarves carves) {
        try {
            return carves.get("/", "u").status();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void newSideThatHangsLeavesTheOldOneTimeToAnswer() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(SILENT);
                var carves = within("2s", old.port(), fresh.port(), SHIFT)) {
            carves.command("route_approve");

            RawResponse answer = carves.get("/", "u");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.bodyText()).isEqualTo("old");
            fresh.awaitRequests(1);
            assertThat(carves.carve().counts().fallbacks()).isEqualTo(1);
            assertThat(carves.judged().requests()).isEqualTo(1);
        }
    }

    @Test
    void whatMayNotBeRepeatedHasAllTheTimeAtTheNewSide() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(SILENT);
                var carves = within("500ms", old.port(), fresh.port(), SHIFT)) {
            carves.command("route_approve");

            RawResponse answer =
                    carves.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");

            assertThat(answer.status()).isEqualTo(504);
            assertThat(old.requests()).isEmpty();
            assertThat(carves.carve().counts().fallbacks()).isZero();
        }
    }

    @Test
    void clientThatLeavesWithoutAnAnswerIsCounted() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(SILENT);
                var carves = RunningCarves.start(old.port(), fresh.port(), SHIFT)) {
            carves.command("route_approve");
            try (RawClient client = RawClient.connect(carves.port())) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                fresh.awaitRequests(1);
            }

            Await.until("the client's leave", () -> counted(carves) == 1);
        }
    }

    @Test
    void failedHandshakesAreRefusals() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("no TLS"));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                                old.port(),
                                                fresh.port(),
                                                "",
                                                "fallback: off",
                                                SHIFT)
                                        .replace(
                                                "http://127.0.0.1:" + fresh.port(),
                                                "https://127.0.0.1:" + fresh.port()))) {
            carves.command("route_approve");
            for (int i = 0; i < 3; i++) {
                assertThat(carves.get("/", "u").status()).isEqualTo(502);
            }

            Await.until("the roll-back", () -> carves.carve().state().stage() == Stage.ROLLED_BACK);
            assertThat(carves.get("/", "u").bodyText()).isEqualTo("old");
        }
    }

    @Test
    void openBreakerIsAnErrorOfTheSideBehindIt() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh =
                        ScriptedUpstream.start(
                                Script.perRequest(new Step.RespondText(500, List.of(), "no")));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                                old.port(),
                                                fresh.port(),
                                                "",
                                                "fallback: off",
                                                SHIFT)
                                        .replace(
                                                fresh.port() + ", retries: 1 }",
                                                fresh.port()
                                                        + ", retries: 1, breaker: { calls: 5,"
                                                        + " statuses: [500], open: 60s } }"))) {
            carves.command("route_approve");
            Await.until("the breaker to open", () -> status(carves) == 503);
            long before = carves.judged().requests();
            carves.get("/", "u");
            carves.get("/", "u");

            assertThat(carves.judged().requests()).isEqualTo(before + 2);
        }
    }

    @Test
    void copySaysWhatItIsWhateverTheClientSays() throws Exception {
        try (var old = ScriptedUpstream.start(answering("same"));
                var fresh = ScriptedUpstream.start(answering("same"));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "writes: header")) {
            carves.send(
                    "POST / HTTP/1.1\r\nHost: h\r\nCarve-Mirror: write\r\nContent-Length: 2\r\n\r\nhi");

            var copy = fresh.awaitRequests(1).getFirst();
            assertThat(copy.head().all("Carve-Mirror")).containsExactly("dry-run");
            var own = old.awaitRequests(1).getFirst();
            assertThat(own.head().all("Carve-Mirror")).containsExactly("write");
        }
    }
}
