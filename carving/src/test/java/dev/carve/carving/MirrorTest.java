package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Copies of live requests: what they are, and that a client never feels them. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class MirrorTest {

    private static final String POST =
            "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";

    private static Script answering(String text) {
        return Script.perRequest(new Step.RespondText(200, List.of(), text));
    }

    private static void awaitEmpty(RunningCarves carves) {
        Await.until(
                "all that copies hold to be given back",
                () ->
                        carves.carves.budget().heldBytes() == 0
                                && carves.carves.budget().copiesUnderWay() == 0);
    }

    @Test
    void clientGetsTheOldAnswerAndTheNewSideACopy() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "noise: 0%")) {
            assertThat(carves.get("/a?b=c", "u").bodyText()).isEqualTo("old");
            fresh.awaitRequests(1);

            RecordedRequest copy = fresh.requests().getFirst();
            RecordedRequest own = old.requests().getFirst();
            assertThat(copy.target()).isEqualTo("/a?b=c");
            assertThat(copy.head().first("Carve-Mirror")).contains("copy");
            assertThat(own.head().first("Carve-Mirror")).isEmpty();
            assertThat(copy.head().first("X-Request-Id"))
                    .isEqualTo(own.head().first("X-Request-Id"));
            Await.until(
                    "the answers to be compared", () -> carves.carve().findings().compared() == 1);
            assertThat(carves.carve().findings().mismatches()).isEqualTo(1);
            awaitEmpty(carves);
        }
    }

    @Test
    void equalAnswersAreNoMismatch() throws Exception {
        try (var old = ScriptedUpstream.start(answering("same"));
                var fresh = ScriptedUpstream.start(answering("same"));
                var carves = RunningCarves.start(old.port(), fresh.port(), "mirror: 100%")) {
            for (int i = 0; i < 20; i++) {
                carves.get("/", "u" + i);
            }
            Await.until("20 to be compared", () -> carves.carve().findings().compared() == 20);
            assertThat(carves.carve().findings().mismatches()).isZero();
            awaitEmpty(carves);
        }
    }

    @Test
    void requestThatChangesSomethingIsNotCopied() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.start(old.port(), fresh.port(), "mirror: 100%")) {
            carves.send(POST);

            assertThat(carves.carve().counts().skipped(Skip.UNSAFE)).isEqualTo(1);
            assertThat(carves.carve().counts().mirrored()).isZero();
        }
    }

    @Test
    void writesGoWithADryRunMarkWhereTheFileSaysSo() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "writes: header")) {
            carves.send(POST);
            fresh.awaitRequests(1);

            RecordedRequest copy = fresh.requests().getFirst();
            assertThat(copy.head().first("Carve-Mirror")).contains("dry-run");
            assertThat(copy.body().kept().text()).isEqualTo("hello");
            assertThat(old.requests().getFirst().body().kept().text()).isEqualTo("hello");
            Await.until(
                    "the answers to be compared", () -> carves.carve().findings().compared() == 1);
            awaitEmpty(carves);
        }
    }

    @Test
    void newSideThatNeverAnswersIsNotFelt() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                        old.port(),
                                        fresh.port(),
                                        "mirror: { copies: 3, timeout: 30s }\n",
                                        "mirror: 100%"))) {
            for (int i = 0; i < 10; i++) {
                assertThat(carves.get("/", "u" + i).bodyText()).isEqualTo("old");
            }
            assertThat(carves.carve().counts().skipped(Skip.COPIES)).isGreaterThanOrEqualTo(7);
            assertThat(carves.carves.budget().copiesUnderWay()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void copyThatStaysBehindTheBodyIsGivenUp() throws Exception {
        int length = 8 << 20;
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(Script.once(new Step.Stall()));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                        old.port(),
                                        fresh.port(),
                                        "mirror: { lag: 64KiB }\n",
                                        "mirror: 100%",
                                        "writes: all"))) {
            String answer =
                    carves.send(
                                    "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: "
                                            + length
                                            + "\r\n\r\n"
                                            + "x".repeat(length))
                            .bodyText();

            assertThat(answer).isEqualTo("old");
            assertThat(carves.carve().counts().skipped(Skip.LAG)).isEqualTo(1);
            awaitEmpty(carves);
        }
    }

    @Test
    void copiesOfALargeAnswerAreNotCompared() throws Exception {
        try (var old = ScriptedUpstream.start(answering("x".repeat(100_000)));
                var fresh = ScriptedUpstream.start(answering("x".repeat(100_000)));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                        old.port(),
                                        fresh.port(),
                                        "mirror: { answer: 10KiB }\n",
                                        "mirror: 100%"))) {
            assertThat(carves.get("/", "u").bodyText()).hasSize(100_000);

            assertThat(carves.carve().counts().skipped(Skip.TOO_LARGE)).isEqualTo(1);
            awaitEmpty(carves);
        }
    }

    @Test
    void clientThatLeavesEndsItsCopies() throws Exception {
        try (var old = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var fresh = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var carves = RunningCarves.start(old.port(), fresh.port(), "mirror: 100%");
                var client = dev.carve.testkit.RawClient.connect(carves.port())) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            old.awaitRequests(1);
            fresh.awaitRequests(1);
            client.reset();

            Await.until(
                    "the copy to be given up",
                    () -> carves.carve().counts().skipped(Skip.CLIENT_GONE) == 1);
            awaitEmpty(carves);
        }
    }

    @Test
    void sampleHoldsTheSameUsersEachTime() throws Exception {
        try (var old = ScriptedUpstream.start(answering("same"));
                var fresh = ScriptedUpstream.start(answering("same"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 30%",
                                "noise: 0%",
                                "shift: { steps: [50%], sticky: \"header:x-user\" }")) {
            long before = 0;
            long users = 0;
            for (int i = 0; i < 200; i++) {
                carves.get("/", "user" + i);
                long first = carves.carve().counts().mirrored();
                carves.get("/", "user" + i);
                long second = carves.carve().counts().mirrored();
                // Either both requests of a user are copied, or none.
                assertThat(second - first).isEqualTo(first - before);
                users += first - before;
                before = second;
            }
            // 30 % of 200, within six standard deviations.
            assertThat(users).isBetween(22L, 98L);
        }
    }

    @Test
    void noiseOfTheOldSideIsLearntFromTwins() throws Exception {
        try (var old = ScriptedUpstream.start(answering("same"));
                var fresh = ScriptedUpstream.start(answering("same"));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "noise: 100%")) {
            carves.get("/", "u");

            old.awaitRequests(2);
            // Two connections: either may be read first.
            assertThat(old.requests())
                    .extracting(each -> each.head().first("Carve-Mirror").orElse("own"))
                    .containsExactlyInAnyOrder("own", "copy");
            Await.until(
                    "the answers to be compared", () -> carves.carve().findings().compared() == 1);
            awaitEmpty(carves);
        }
    }

    @Test
    void whatDiffersBetweenTwinsCountsAsNoiseOfItsPlace() throws Exception {
        // Two connections, so that the twins are answered by one script each.
        try (var old = ScriptedUpstream.start(answering("one"), answering("two"));
                var fresh = ScriptedUpstream.start(answering("one"));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "noise: 100%")) {
            carves.get("/", "u");

            Await.until(
                    "the answers to be compared", () -> carves.carve().findings().compared() == 1);
            assertThat(carves.carve().findings().rows())
                    .singleElement()
                    .satisfies(row ->
                            assertThat(row)
                                    .containsEntry("place", "body")
                                    .containsEntry("twins", 1L)
                                    .containsEntry("twins_differing", 1L));
            awaitEmpty(carves);
        }
    }

    @Test
    void copyThatIsNotAnsweredEndsByItsOwnDeadline() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                        old.port(),
                                        fresh.port(),
                                        "mirror: { timeout: 100ms }\n",
                                        "mirror: 100%"))) {
            assertThat(carves.get("/", "u").bodyText()).isEqualTo("old");

            Await.until(
                    "the copy to fail",
                    () -> carves.carve().counts().skipped(Skip.COPY_FAILED) == 1);
            awaitEmpty(carves);
        }
    }

    @Test
    void copiesHoldNoMoreMemoryThanTheyMay() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(
                                        old.port(),
                                        fresh.port(),
                                        "mirror: { memory: 64KiB, timeout: 1h }\n",
                                        "mirror: 100%",
                                        "noise: 0%"))) {
            for (int i = 0; i < 20; i++) {
                assertThat(carves.get("/", "u" + i).bodyText()).isEqualTo("old");
                assertThat(carves.carves.budget().heldBytes()).isLessThanOrEqualTo(64 << 10);
            }
            int room = (64 << 10) / Budget.OBSERVATION_BYTES;
            assertThat(carves.carve().counts().skipped(Skip.MEMORY))
                    .isGreaterThanOrEqualTo(20 - room);
        }
    }

    @Test
    void requestForAnotherProtocolIsNotCopied() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves = RunningCarves.start(old.port(), fresh.port(), "mirror: 100%")) {
            carves.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");

            assertThat(carves.carve().counts().skipped(Skip.UPGRADE)).isEqualTo(1);
            assertThat(carves.carve().counts().mirrored()).isZero();
        }
    }
}
