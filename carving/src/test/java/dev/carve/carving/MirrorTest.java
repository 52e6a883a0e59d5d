package dev.carve.carving;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.compare.Noise;
import dev.carve.testkit.Await;
import dev.carve.testkit.Field;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Copies of live requests: what they are, and that a client never feels them. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class MirrorTest {

    @TempDir private Path folder = Path.of("");

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
    void newSideThatHangsGetsNoMoreThanAHandfulOfCopies() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "noise: 0%")) {
            for (int i = 0; i < 200; i++) {
                assertThat(carves.get("/", "u" + i).bodyText()).isEqualTo("old");
            }
            // Sixteen on each of the loops.
            assertThat(carves.carve().counts().mirrored()).isIn(16L, 32L);
            assertThat(carves.carve().counts().skipped(Skip.UNANSWERED))
                    .isEqualTo(200 - carves.carve().counts().mirrored());
        }
    }

    @Test
    void answerThatTakesItsTimeDoesNotKeepTheCopyWaiting() throws Exception {
        var answers = new CountDownLatch(1);
        var slow =
                Script.perRequest(
                        new Step.Await(answers, Duration.ofSeconds(30)),
                        new Step.RespondText(200, List.of(), "same"));
        try (var old = ScriptedUpstream.start(slow);
                var fresh = ScriptedUpstream.start(answering("same"));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "noise: 0%")) {
            var client = CompletableFuture.supplyAsync(() -> status(carves));
            fresh.awaitRequests(1);
            assertThat(client).isNotDone();
            answers.countDown();
            assertThat(client).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(200);
            Await.until("a comparison", () -> carves.carve().findings().same() == 1);
        }
    }

    private static int status(RunningCarves carves) {
        try {
            return carves.get("/", "u").status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void newSideThatIsGoneIsLeftAlone() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var nobody = Ports.refusing();
                var carves =
                        RunningCarves.start(
                                old.port(), nobody.port(), "mirror: 100%", "noise: 0%")) {
            for (int i = 0; carves.carve().counts().skipped(Skip.UNREACHABLE) == 0; i++) {
                assertThat(i).isLessThan(1_000);
                assertThat(carves.get("/", "u" + i).bodyText()).isEqualTo("old");
            }
            long tried = carves.carve().counts().mirrored();
            assertThat(tried).isBetween(3L, 16L);
            awaitEmpty(carves);
        }
    }

    @Test
    void aSampleOfTheRequestsOfASingleClientGoesTwice() throws Exception {
        try (var old = ScriptedUpstream.start(answering("same"));
                var fresh = ScriptedUpstream.start(answering("same"));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "noise: 50%")) {
            for (int i = 0; i < 200; i++) {
                carves.get("/", "one");
            }
            Await.until("all to be compared", () -> carves.carve().findings().compared() == 200);
            // Six standard deviations around a half.
            assertThat(old.requests().size()).isBetween(200 + 58, 200 + 142);
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
    void copyOfABodyThatTheOldSideDoesNotWaitForIsGivenUp() throws Exception {
        var early =
                Script.once(
                        new Step.ReadHead(),
                        new Step.Respond("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n"),
                        new Step.HoldUntilPeerEnds());
        try (var old = ScriptedUpstream.start(early);
                var fresh = ScriptedUpstream.start(Script.once(new Step.Stall()));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "writes: all")) {
            var answer =
                    carves.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhello");

            assertThat(answer.status()).isEqualTo(413);
            awaitEmpty(carves);
            assertThat(carves.carve().counts().skipped(Skip.BODY_CUT)).isEqualTo(1);
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
            for (int i = 0; i < 400; i++) {
                carves.get("/", "user" + i % 200);
            }
            awaitEmpty(carves);

            Map<String, Long> copies =
                    fresh.requests().stream()
                            .collect(
                                    groupingBy(
                                            copy -> copy.head().first("x-user").orElseThrow(),
                                            counting()));
            // Either both requests of a user are copied, or none.
            assertThat(copies.values()).containsOnly(2L);
            // 30 % of 200, within six standard deviations.
            assertThat(copies).hasSizeBetween(22, 98);
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
    void copyToARedirectFillsInWhatTheMatchBinds() throws Exception {
        Step moved = new Step.RespondText(308, List.of(new Field("Location", "/new/7?a=b")), "");
        try (var old = ScriptedUpstream.start(Script.perRequest(moved));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(old.port(), old.port(), "", "mirror: 100%")
                                        .replace("match: /\n", "match: \"/{id}\"\n")
                                        .replace(
                                                "    to: fresh\n",
                                                "    redirect: \"/new/{id}{query}\"\n"))) {
            assertThat(carves.get("/7?a=b", "u").status()).isEqualTo(308);

            Await.until(
                    "the answers to be compared", () -> carves.carve().findings().compared() == 1);
            assertThat(carves.carve().findings().same()).isEqualTo(1);
            assertThat(carves.carve().counts().skipped(Skip.FAULT)).isZero();
            awaitEmpty(carves);
        }
    }

    @Test
    void whatDiffersBetweenTwinsCountsAsNoiseOfItsPlace() throws Exception {
        try (var old =
                        ChangingSide.answering(asked ->
                                new ChangingSide.Told(200, asked.mark().isEmpty() ? "1" : "2"));
                var fresh = ChangingSide.answering("1");
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
    void copyToARedirectIsRightThoughTheClientIsAnsweredAtOnce() throws Exception {
        try (var any = ScriptedUpstream.start(answering("any"));
                var carves =
                        RunningCarves.of(
                                RunningCarves.yaml(any.port(), any.port(), "", "mirror: 100%")
                                        .replace("match: /\n", "match: \"/{id}\"\n")
                                        .replace(
                                                "  to: old\n",
                                                "  redirect: { location: \"/new/7\", status: 308 }\n")
                                        .replace(
                                                "    to: fresh\n",
                                                "    redirect: \"/new/{id}\"\n"))) {
            assertThat(carves.get("/7", "u").status()).isEqualTo(308);

            Await.until(
                    "the answers to be compared", () -> carves.carve().findings().compared() == 1);
            assertThat(carves.carve().findings().same()).isEqualTo(1);
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
    void whatWasLearntOfNoiseIsThereAfterARestart() throws Exception {
        AtomicInteger count = new AtomicInteger();
        Path file = folder.resolve("carve.db");
        try (var side =
                ChangingSide.answering(_ ->
                        new ChangingSide.Told(
                                200, "{\"served\":" + count.incrementAndGet() + "}"))) {
            String yaml =
                    RunningCarves.yaml(side.port(), side.port(), "", "mirror: 100%", "noise: 100%");
            List<Noise.Figures> before;
            try (var carves = RunningCarves.kept(file, yaml)) {
                for (int i = 0; i < 70; i++) {
                    carves.get("/", "u" + i);
                }
                Await.until("70 to be compared", () -> carves.carve().findings().compared() == 70);
                before = carves.carve().findings().figures();
                assertThat(before).hasSize(1);
                assertThat(before.getFirst().verdict()).isEqualTo(Noise.Verdict.NOISE);
            }
            try (var carves = RunningCarves.kept(file, yaml)) {
                assertThat(carves.carve().findings().figures()).isEqualTo(before);
                assertThat(carves.carve().findings().learnt()).hasSize(1);
            }
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
    void whatOneHoldsIsCountedAsItIsAllocated() throws Exception {
        String body = "x".repeat(5000);
        try (var old = ScriptedUpstream.start(answering(body));
                var fresh = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var carves =
                        RunningCarves.start(
                                old.port(), fresh.port(), "mirror: 100%", "noise: 0%")) {
            String field = "X-Long: " + "y".repeat(4000) + "\r\n";
            carves.send("GET / HTTP/1.1\r\nHost: h\r\n" + field + "\r\n");
            fresh.awaitRequests(1);

            // The old side's body, and the part of the request's head beyond the usual.
            assertThat(carves.carves.budget().heldBytes())
                    .isBetween(
                            Budget.OBSERVATION_BYTES + 5000L + 1900,
                            Budget.OBSERVATION_BYTES + 10_000L);
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
