package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that change something: which are copied, which way, and which must never be. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class WritesTest {

    private static final List<String> METHODS = List.of("POST", "PUT", "PATCH", "DELETE");
    private static final int READS = 5;

    private static Script answering(String text) {
        return Script.perRequest(new Step.RespondText(200, List.of(), text));
    }

    private static String write(String method, String... fields) {
        return head(method, fields) + "Content-Length: 5\r\n\r\nhello";
    }

    private static String head(String method, String... fields) {
        String lines = String.join("", Stream.of(fields).map(each -> each + "\r\n").toList());
        return method + " /x HTTP/1.1\r\nHost: h\r\n" + lines;
    }

    private static List<String> methods(ScriptedUpstream of) {
        return of.requests().stream().map(RecordedRequest::method).toList();
    }

    private static void awaitEmpty(RunningCarves carves) {
        Await.until(
                "all that copies hold to be given back",
                () ->
                        carves.carves.budget().heldBytes() == 0
                                && carves.carves.budget().copiesUnderWay() == 0);
    }

    /** Sends writes and then reads that the new side answers; only the reads may come back. */
    private static void answeredByTheNewSide(
            RunningCarves carves, ScriptedUpstream old, ScriptedUpstream fresh, String... fields)
            throws IOException {
        long unsafeBefore = carves.carve().counts().skipped(Skip.UNSAFE);
        for (String method : METHODS) {
            assertThat(carves.send(write(method, fields)).bodyText()).isEqualTo("new");
        }
        for (int i = 0; i < READS; i++) {
            assertThat(carves.send(head("GET", fields) + "\r\n").bodyText()).isEqualTo("new");
        }
        old.await("reads to come back", () -> old.requestCount() >= READS);
        awaitEmpty(carves);
        assertThat(methods(old)).hasSize(READS).containsOnly("GET");
        assertThat(old.requests())
                .allSatisfy(each -> assertThat(each.head().first("Carve-Mirror")).contains("copy"));
        assertThat(methods(fresh)).containsAll(METHODS).hasSize(METHODS.size() + READS);
        assertThat(fresh.requests())
                .allSatisfy(each -> assertThat(each.head().first("Carve-Mirror")).isEmpty());
        assertThat(carves.carve().counts().skipped(Skip.UNSAFE) - unsafeBefore)
                .isEqualTo(METHODS.size());
        assertThat(carves.carve().counts().mirrored()).isEqualTo(READS);
        old.forget();
        fresh.forget();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "header", "all"})
    void writesThatTheNewSideAnswersNeverGoBackToTheOldOne(String writes) throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 100%",
                                "noise: 100%",
                                "writes: " + writes,
                                "shift: { steps: [100%], every: 1h }")) {
            carves.command("route_approve");

            answeredByTheNewSide(carves, old, fresh);
        }
    }

    @Test
    void writesNeverGoBackInAPauseEither() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 100%",
                                "writes: all",
                                "shift: { steps: [100%], every: 1h }")) {
            carves.command("route_approve");
            carves.command("route_pause");

            answeredByTheNewSide(carves, old, fresh);
        }
    }

    @Test
    void writesOfATesterWhoChoseTheNewSideNeverGoToTheOldOne() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 100%",
                                "writes: all",
                                "override: header")) {
            answeredByTheNewSide(carves, old, fresh, "Carve-To: new");
        }
    }

    @Test
    void writeThatTheNewSideMayHaveDoneIsNotDoneByTheOldOneToo() throws Exception {
        var done = Script.once(new Step.ReadRequest(), new Step.CloseSocket());
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(done);
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 100%",
                                "writes: all",
                                "shift: { steps: [100%], every: 1h }")) {
            carves.command("route_approve");

            assertThat(carves.send(write("POST")).status()).isEqualTo(502);

            awaitEmpty(carves);
            assertThat(fresh.requestCount()).isEqualTo(1);
            assertThat(old.connections()).isEmpty();
            assertThat(carves.carve().counts().fallbacks()).isZero();
        }
    }

    @Test
    void writesGoToTheNewSideAsTheyAreWhereTheFileSaysSo() throws Exception {
        try (var old = ScriptedUpstream.start(answering("old"));
                var fresh = ScriptedUpstream.start(answering("new"));
                var carves =
                        RunningCarves.start(
                                old.port(),
                                fresh.port(),
                                "mirror: 100%",
                                "noise: 100%",
                                "writes: all")) {
            assertThat(carves.send(write("POST")).bodyText()).isEqualTo("old");
            fresh.awaitRequests(1);

            RecordedRequest copy = fresh.requests().getFirst();
            assertThat(copy.method() + " " + copy.target()).isEqualTo("POST /x");
            assertThat(copy.body().kept().text()).isEqualTo("hello");
            assertThat(copy.head().first("Carve-Mirror")).contains("write");
            Await.until(
                    "the answers to be compared", () -> carves.carve().findings().compared() == 1);
            awaitEmpty(carves);
            assertThat(fresh.requestCount()).isEqualTo(1);
            assertThat(old.requests())
                    .as("no twin for noise")
                    .singleElement()
                    .satisfies(own -> {
                        assertThat(own.body().kept().text()).isEqualTo("hello");
                        assertThat(own.head().first("Carve-Mirror")).isEmpty();
                    });
        }
    }
}
