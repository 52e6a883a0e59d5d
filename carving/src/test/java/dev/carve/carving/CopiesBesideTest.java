package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Copies take nothing of a service that a client's request could want, and tell it nothing. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class CopiesBesideTest {

    private static final Script SILENT = Script.perRequest(new Step.Stall());

    private static Script answering(int status) {
        return Script.perRequest(new Step.RespondText(status, List.of(), "text"));
    }

    /** With further routes past the carve, to each side. */
    private static RunningCarves start(
            ScriptedUpstream old, ScriptedUpstream fresh, String service, String... carve) {
        return RunningCarves.of(
                RunningCarves.yaml(old.port(), fresh.port(), "", carve)
                                .replace(
                                        "routes:",
                                        "  beside: { urls: http://127.0.0.1:%d, retries: 1 }\nroutes:"
                                                .formatted(fresh.port()))
                                .replace("retries: 1 }", "retries: 1, " + service + " }")
                        + "- { match: /old, to: old }\n- { match: /new, to: fresh }\n"
                        + "- { match: /beside, to: beside }\n");
    }

    private static RawClient asking(RunningCarves carves, String target) throws Exception {
        return RawClient.connect(carves.port())
                .send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    private static int status(RunningCarves carves, String target) {
        try {
            return carves.get(target, "u").status();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void copyThatHangsTakesNoPlaceOfAClient() throws Exception {
        try (var old = ScriptedUpstream.start(SILENT);
                var fresh = ScriptedUpstream.start(answering(200));
                var carves =
                        start(
                                old,
                                fresh,
                                "requests: 1, connections: 1, limit: { requests: 1, waiting: 0 }",
                                "mirror: 100%",
                                "shift: { steps: [100%] }")) {
            carves.command("route_approve");
            assertThat(carves.get("/", "u").status()).isEqualTo(200);
            old.awaitRequests(1);

            try (RawClient _ = asking(carves, "/old")) {
                old.awaitRequests(2);
                assertThat(carves.get("/old", "u").status()).isEqualTo(503);
            }
        }
    }

    @Test
    void copyIsNotMadeWhereAClientWouldWait() throws Exception {
        try (var old = ScriptedUpstream.start(SILENT);
                var fresh = ScriptedUpstream.start(answering(200));
                var carves =
                        start(
                                old,
                                fresh,
                                "limit: { requests: 1, waiting: 0 }",
                                "mirror: 100%",
                                "shift: { steps: [100%] }")) {
            carves.command("route_approve");
            try (RawClient _ = asking(carves, "/old")) {
                old.awaitRequests(1);

                assertThat(carves.get("/", "u").status()).isEqualTo(200);

                Await.until(
                        "the copy to be given up",
                        () -> carves.carve().counts().skipped(Skip.COPY_FAILED) == 1);
                assertThat(old.requests()).hasSize(1);
                assertThat(carves.judged().figures())
                        .noneMatch(line -> line.contains("100.00 % old"));
            }
        }
    }

    @Test
    void copiesThatFailOpenNoBreaker() throws Exception {
        try (var old = ScriptedUpstream.start(answering(200));
                var fresh = ScriptedUpstream.start(answering(500));
                var carves =
                        start(
                                old,
                                fresh,
                                "breaker: { calls: 5, statuses: [500] },"
                                        + " ejection: { failures: 1, statuses: [500] }",
                                "mirror: 100%",
                                "noise: 0%")) {
            for (int i = 0; i < 50; i++) {
                assertThat(carves.get("/", "u" + i).status()).isEqualTo(200);
            }
            fresh.awaitRequests(50);
            // Another service's breaker opens for its clients: control has looked at both by then.
            Await.until("the other breaker", () -> status(carves, "/beside") == 503);

            assertThat(carves.get("/new", "u").status()).isEqualTo(500);
        }
    }
}
