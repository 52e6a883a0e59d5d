package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.ChangingSide.Asked;
import dev.carve.carving.ChangingSide.Told;
import dev.carve.carving.keep.Difference;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.BadArgumentException;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Kept requests that are sent to both sides again. */
@Timeout(60)
@ExtendWith(NoLeaks.class)
class ReplayTest {

    private static final String HOST = " HTTP/1.1\r\nHost: shop.test\r\n";

    @TempDir private Path folder = Path.of("");

    private RunningCarves start(ChangingSide old, ChangingSide fresh, String... carve) {
        return start("", old, fresh, carve);
    }

    /**
     * @param route a further line of the route
     */
    private RunningCarves start(
            String route, ChangingSide old, ChangingSide fresh, String... carve) {
        return start("", route, old, fresh, carve);
    }

    /**
     * @param top further lines of the file
     */
    private RunningCarves start(
            String top, String route, ChangingSide old, ChangingSide fresh, String... carve) {
        return started(yaml(top, route, old, fresh, carve));
    }

    private RunningCarves started(String yaml) {
        return RunningCarves.kept(folder.resolve("carve.db"), yaml);
    }

    private static String yaml(
            String top, String route, ChangingSide old, ChangingSide fresh, String... carve) {
        String[] all = new String[carve.length + 2];
        all[0] = "mirror: 100%";
        all[1] = "noise: 0%";
        System.arraycopy(carve, 0, all, 2, carve.length);
        return RunningCarves.yaml(old.port(), fresh.port(), top, all)
                .replace("  to: old\n", "  to: old\n" + route);
    }

    private static Difference kept(RunningCarves carves) {
        long id = carves.keep().differences().list("shop", 1).join().getFirst().id();
        return carves.keep().differences().get(id).join().orElseThrow();
    }

    /** The same request, but for what is told of one client or of one request. */
    private static void assertSame(Asked again, Asked copy) {
        Map<String, List<String>> fields = new HashMap<>(copy.fields());
        List.of("X-forwarded-for", "X-request-id", "Traceparent").forEach(fields::remove);
        assertThat(again.fields()).isEqualTo(fields);
        assertThat(again.target()).isEqualTo(copy.target());
        assertThat(again.method()).isEqualTo(copy.method());
        assertThat(again.body()).isEqualTo(copy.body());
    }

    private static void awaitKept(RunningCarves carves, int count) {
        Await.until(
                count + " differing requests to be kept",
                () -> carves.keep().differences().list("shop", 100).join().size() == count);
    }

    private static void post(RunningCarves carves, String body) throws Exception {
        carves.send(
                "POST /x"
                        + HOST
                        + "Content-Type: application/json\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body);
    }

    private static Map<?, ?> replay(RunningCarves carves, Map<String, String> arguments) {
        assertThat(carves.command("route_replay", arguments)).isInstanceOf(AdminCommand.Done.class);
        Map<?, ?> view = carves.view("route_replay");
        assertThat(view.get("state")).isEqualTo("done");
        assertThat(view.get("failure")).isEqualTo("");
        return view;
    }

    private static List<Replay.Row> rows(Map<?, ?> view) {
        return ((List<?>) Objects.requireNonNull(view.get("requests")))
                .stream().map(Replay.Row.class::cast).toList();
    }

    private static Replay.Row only(Map<?, ?> view) {
        assertThat(rows(view)).hasSize(1);
        return rows(view).getFirst();
    }

    private static void awaitEmpty(RunningCarves carves) {
        Await.until(
                "all that copies hold to be given back",
                () ->
                        carves.carves.budget().heldBytes() == 0
                                && carves.carves.budget().copiesUnderWay() == 0);
    }

    @Test
    void whatNoLongerDiffersIsFixedAndWhatDoesIsShownWithBothValues() throws Exception {
        try (var old = ChangingSide.answering("{\"price\":10,\"name\":\"a\"}");
                var fresh = ChangingSide.answering("{\"price\":12,\"name\":\"b\"}");
                var carves = start(old, fresh)) {
            carves.get("/1", "u");
            awaitKept(carves, 1);
            carves.get("/2", "u");
            awaitKept(carves, 2);
            fresh.answer(asked ->
                    new Told(
                            200,
                            asked.target().equals("/1")
                                    ? "{\"name\":\"a\",\"price\":10}"
                                    : "{\"name\":\"a\",\"price\":12}"));

            Map<?, ?> view = replay(carves, Map.of());

            assertThat(view.get("fixed")).isEqualTo(1L);
            assertThat(view.get("different")).isEqualTo(1L);
            Replay.Row second = rows(view).getFirst();
            assertThat(second.target()).isEqualTo("/2");
            assertThat(second.verdict()).isEqualTo(Replay.Verdict.DIFFERENT);
            assertThat(second.places())
                    .containsExactlyInAnyOrder(
                            new Replay.Place("/price", "different", "10", "12"),
                            new Replay.Place("/name", "fixed", null, null));
            Replay.Row first = rows(view).getLast();
            assertThat(first.verdict()).isEqualTo(Replay.Verdict.FIXED);
            assertThat(first.places())
                    .extracting(Replay.Place::verdict)
                    .containsExactly("fixed", "fixed");
        }
    }

    @Test
    void itIsMarkedAsACopyAndCountsAsEvidenceOfNothing() throws Exception {
        try (var old = ChangingSide.answering("{\"price\":10}");
                var fresh = ChangingSide.answering("{\"price\":12}");
                var carves = start(old, fresh)) {
            carves.get("/1", "u");
            awaitKept(carves, 1);
            long learnt = carves.carve().findings().learntFrom();
            int asked = old.asked().size();
            assertThat(carves.judged().requests()).isEqualTo(1);

            replay(carves, Map.of());

            assertThat(carves.judged().requests()).isEqualTo(1);
            assertThat(old.asked()).hasSize(asked + 1);
            assertThat(old.asked().getLast().mark()).isEqualTo("copy");
            assertThat(fresh.asked().getLast().mark()).isEqualTo("copy");
            // Sides are told again how it came, not of whom.
            assertThat(old.asked().getFirst().scheme()).isEqualTo("http");
            assertThat(old.asked().getLast().scheme()).isEqualTo("http");
            assertThat(fresh.asked().getLast().scheme()).isEqualTo("http");
            assertThat(carves.carve().findings().learntFrom()).isEqualTo(learnt);
            assertThat(carves.carve().findings().compared()).isEqualTo(1);
            assertThat(carves.carve().counts().mirrored()).isEqualTo(1);
            assertThat(carves.carve().replayed().of(Replay.Verdict.DIFFERENT)).isEqualTo(1);
            awaitKept(carves, 1);
            awaitEmpty(carves);
        }
    }

    @Test
    void postOfASafeRouteIsSentAgainWithItsBody() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start("  safe: true\n", old, fresh)) {
            post(carves, "{\"n\":[1,2]}");
            awaitKept(carves, 1);
            fresh.answer("{\"sum\":1}");

            Map<?, ?> view = replay(carves, Map.of());

            assertThat(only(view).verdict())
                    .as(only(view).reason())
                    .isEqualTo(Replay.Verdict.FIXED);
            assertThat(fresh.asked()).hasSize(2);
            assertThat(fresh.asked().getLast().method()).isEqualTo("POST");
            assertThat(fresh.asked().getLast().body()).isEqualTo("{\"n\":[1,2]}");
            assertThat(old.asked().getLast().body()).isEqualTo("{\"n\":[1,2]}");
            awaitEmpty(carves);
        }
    }

    @Test
    void whatMayChangeSomethingIsNotSentAgain() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start(old, fresh, "writes: all")) {
            post(carves, "{}");
            awaitKept(carves, 1);

            Replay.Row row = only(replay(carves, Map.of()));

            assertThat(row.verdict()).isEqualTo(Replay.Verdict.NOT_ASKED);
            assertThat(row.reason()).startsWith("POST may change something");
            assertThat(fresh.asked()).hasSize(1);
        }
    }

    @Test
    void bodyThatHeldASecretIsNotSentAgainAndSaysSo() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start("  safe: true\n", old, fresh)) {
            post(carves, "{\"password\":\"hunter2\"}");
            awaitKept(carves, 1);

            Replay.Row row = only(replay(carves, Map.of()));

            assertThat(row.verdict()).isEqualTo(Replay.Verdict.NOT_ASKED);
            assertThat(row.reason()).startsWith("its body held secrets");
            assertThat(fresh.asked()).hasSize(1);
        }
    }

    @Test
    void bodyBeyondTheBoundIsNotKeptAndSaysSo() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start("  safe: true\n", old, fresh)) {
            post(carves, "[" + "1,".repeat(40_000) + "1]");
            awaitKept(carves, 1);

            assertThat(only(replay(carves, Map.of())).reason()).isEqualTo("its body is not kept");
            awaitEmpty(carves);
        }
    }

    @Test
    void credentialIsTakenFromTheCallerAndNeverFromTheStore() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start(old, fresh)) {
            carves.send("GET /me" + HOST + "Authorization: Bearer first\r\n\r\n");
            awaitKept(carves, 1);

            Replay.Row without = only(replay(carves, Map.of()));
            assertThat(without.verdict()).isEqualTo(Replay.Verdict.NOT_ASKED);
            assertThat(without.reason()).startsWith("authorization is not kept");
            assertThat(fresh.asked()).hasSize(1);

            replay(carves, Map.of("secret_headers", "authorization: Bearer second"));
            assertThat(fresh.asked()).hasSize(2);
            assertThat(fresh.asked().getLast().authorization()).isEqualTo("Bearer second");

            replay(carves, Map.of("secret_headers", "Authorization:"));
            assertThat(fresh.asked().getLast().authorization()).isEmpty();
        }
    }

    @Test
    void sidesThatBothRefuseNowAreNoProof() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start(old, fresh)) {
            carves.get("/1", "u");
            awaitKept(carves, 1);
            old.answer(_ -> new Told(401, "{}"));
            fresh.answer(_ -> new Told(401, "{}"));

            Replay.Row row = only(replay(carves, Map.of()));

            assertThat(row.verdict()).isEqualTo(Replay.Verdict.NOT_ASKED);
            assertThat(row.reason()).contains("401").contains("200");
        }
    }

    @Test
    void sideThatFailsIsNamed() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start(old, fresh)) {
            carves.get("/1", "u");
            awaitKept(carves, 1);
            fresh.stop();

            Replay.Row row = only(replay(carves, Map.of()));

            assertThat(row.verdict()).isEqualTo(Replay.Verdict.NOT_ASKED);
            assertThat(row.reason()).startsWith("the new side failed: ");
            awaitEmpty(carves);
        }
    }

    @Test
    void sideThatNeverAnswersIsGivenUp() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start("mirror: { timeout: 1s }\n", "", old, fresh)) {
            carves.get("/1", "u");
            awaitKept(carves, 1);
            fresh.answer(_ -> {
                try {
                    never.await();
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                }
                return new Told(200, "{}");
            });

            Replay.Row row = only(replay(carves, Map.of()));

            never.countDown();
            assertThat(row.verdict()).isEqualTo(Replay.Verdict.NOT_ASKED);
            assertThat(row.reason()).startsWith("the new side failed: ");
            awaitEmpty(carves);
        }
    }

    @Test
    void itTakesNoMoreThanCopiesMayTake() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start("mirror: { copies: 1 }\n", "", old, fresh)) {
            carves.get("/1", "u");
            awaitKept(carves, 1);
            awaitEmpty(carves);

            Replay.Row row = only(replay(carves, Map.of()));

            assertThat(row.reason()).contains("mirror.copies");
            awaitEmpty(carves);
        }
    }

    @Test
    void routeThatRewritesAsksWhatTheCopyAsked() throws Exception {
        String route = "  rewrite: { strip_prefix: /x, host: inner.test }\n";
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves =
                        started(
                                yaml("", route, old, fresh)
                                        .replace("match: /\n", "match: shop.test/\n"))) {
            carves.get("/x/1?a=%20b", "u");
            awaitKept(carves, 1);

            assertThat(only(replay(carves, Map.of())).verdict())
                    .isEqualTo(Replay.Verdict.DIFFERENT);

            assertThat(fresh.asked()).hasSize(2);
            Asked copy = fresh.asked().getFirst();
            assertThat(copy.target()).isEqualTo("/1?a=%20b");
            assertThat(copy.fields()).containsEntry("Host", List.of("inner.test"));
            assertThat(copy.fields()).containsEntry("X-forwarded-host", List.of("shop.test"));
            assertSame(old.asked().getLast(), copy);
            assertSame(fresh.asked().getLast(), copy);

            fresh.answer("{\"sum\":1}");
            Replay.Row row = only(replay(carves, Map.of()));
            assertThat(row.verdict()).isEqualTo(Replay.Verdict.FIXED);
            assertThat(row.target()).isEqualTo("/x/1?a=%20b");
            awaitEmpty(carves);
        }
    }

    @Test
    void pathMadeOfTheMatchsVariablesIsMadeAgain() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves =
                        started(
                                yaml("", "  rewrite: { path: '/v2/{id}/of/{name}' }\n", old, fresh)
                                        .replace("match: /\n", "match: '/{name}/{id}'\n"))) {
            carves.get("/users/7?full=1", "u");
            awaitKept(carves, 1);

            replay(carves, Map.of());

            assertThat(fresh.asked().getFirst().target()).isEqualTo("/v2/7/of/users?full=1");
            assertSame(old.asked().getLast(), fresh.asked().getFirst());
            assertSame(fresh.asked().getLast(), fresh.asked().getFirst());
        }
    }

    @Test
    void routesOwnFieldsAreSentAgainAndNeverKept() throws Exception {
        String route =
                """
                  headers:
                    request:
                      remove: [X-User]
                      set: { Authorization: Bearer of-the-route, X-Key: hush }
                      add: { Accept-Language: de }
                """;
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start(route, old, fresh)) {
            carves.send(
                    "GET /1"
                            + HOST
                            + "X-User: u\r\nAuthorization: Bearer of-the-client\r\n"
                            + "Accept-Language: en\r\nX-Other: o\r\n\r\n");
            awaitKept(carves, 1);

            Replay.Row row = only(replay(carves, Map.of()));

            assertThat(row.verdict()).as(row.reason()).isEqualTo(Replay.Verdict.DIFFERENT);
            Asked copy = fresh.asked().getFirst();
            assertThat(copy.fields())
                    .containsEntry("Authorization", List.of("Bearer of-the-route"))
                    .containsEntry("X-key", List.of("hush"))
                    .containsEntry("Accept-language", List.of("en", "de"))
                    .doesNotContainKey("X-user");
            assertSame(old.asked().getLast(), copy);
            assertSame(fresh.asked().getLast(), copy);
            assertThat(kept(carves).toString())
                    .contains("X-Other")
                    .doesNotContain("hush")
                    .doesNotContain("of-the-");
        }
    }

    /** What sides believe of the way that a request came must not be up to whoever sent it. */
    @Test
    void wayThatAClientClaimsIsNeitherKeptNorTold() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start(old, fresh)) {
            carves.send(
                    "GET /1"
                            + HOST
                            + "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
                            + "X-Forwarded-Host: evil.test\r\nX-Forwarded-Port: 666\r\n\r\n");
            awaitKept(carves, 1);

            replay(carves, Map.of());

            assertThat(fresh.asked()).hasSize(2);
            assertSame(fresh.asked().getLast(), fresh.asked().getFirst());
            assertThat(kept(carves).request().fields().toString())
                    .contains("shop.test")
                    .doesNotContain("666")
                    .doesNotContain("6.6.6.6")
                    .doesNotContain("evil.test");
        }
    }

    @Test
    void wayThatIsPassedThroughUntouchedIsTakenAgain() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start("forwarded: off\n", "", old, fresh)) {
            carves.send("GET /1" + HOST + "X-Forwarded-For: 6.6.6.6\r\n\r\n");
            awaitKept(carves, 1);

            replay(carves, Map.of());

            assertThat(fresh.asked()).hasSize(2);
            assertThat(fresh.asked().getLast().fields())
                    .isEqualTo(fresh.asked().getFirst().fields())
                    .containsEntry("X-forwarded-for", List.of("6.6.6.6"));
        }
    }

    @Test
    void routesEditsOfNowCount() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start("  headers: { request: { remove: [X-User] } }\n", old, fresh)) {
            carves.get("/x/1", "u");
            awaitKept(carves, 1);

            carves.reload(yaml("", "  rewrite: { path: '/y{path}' }\n", old, fresh));
            replay(carves, Map.of());
            assertThat(old.asked().getLast().target()).isEqualTo("/y/x/1");
            assertThat(fresh.asked().getLast().target()).isEqualTo("/y/x/1");

            carves.reload(yaml("", "  headers: { request: { add: { X-New: n } } }\n", old, fresh));
            replay(carves, Map.of());
            assertThat(fresh.asked().getLast().target()).isEqualTo("/x/1");
            assertThat(fresh.asked().getFirst().fields()).doesNotContainKey("X-user");
            assertThat(fresh.asked().getLast().fields())
                    .containsEntry("X-user", List.of("u"))
                    .containsEntry("X-new", List.of("n"));
        }
    }

    @Test
    void credentialThatTheRouteAddsToThatOfTheClientReplacesNone() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves =
                        start("  headers: { request: { add: { Cookie: r=1 } } }\n", old, fresh)) {
            carves.send("GET /me" + HOST + "Cookie: c=1\r\n\r\n");
            awaitKept(carves, 1);

            assertThat(only(replay(carves, Map.of())).reason()).startsWith("cookie is not kept");
            assertThat(fresh.asked()).hasSize(1);
        }
    }

    @Test
    void requestThatIsNoneOfTheRouteIsNotAsked() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves =
                        started(
                                yaml("", "", old, fresh)
                                        .replace("match: /\n", "match: shop.test/\n"))) {
            carves.get("/1", "u");
            awaitKept(carves, 1);

            Map<?, ?> view = replay(carves, Map.of("secret_headers", "Host: other.test"));

            assertThat(only(view).reason()).startsWith("the route does not match it");
            assertThat(fresh.asked()).hasSize(1);
        }
    }

    @Test
    void configuredSecretsAreNeitherKeptNorShown() throws Exception {
        try (var old = ChangingSide.answering("{\"pin\":\"1111\",\"a\":{\"b\":\"2222\"}}");
                var fresh = ChangingSide.answering("{\"pin\":\"3333\",\"a\":{\"b\":\"4444\"}}");
                var carves = start(old, fresh, "compare: { secrets: [pin, /a/b] }")) {
            carves.get("/1?pin=5555", "u");
            awaitKept(carves, 1);
            Difference kept = kept(carves);

            assertThat(
                            new String(
                                    kept.oldAnswer().body().bytes(),
                                    java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("{\"pin\":\"***\",\"a\":{\"b\":\"***\"}}");
            assertThat(kept.request().target()).isEqualTo("/1?pin=***");
            carves.get("/2", "u");
            awaitKept(carves, 2);
            Map<?, ?> view = replay(carves, Map.of());
            assertThat(view.toString()).doesNotContain("3333").doesNotContain("4444");
            assertThat(rows(view).getFirst().places())
                    .contains(new Replay.Place("/pin", "different", "\"***\"", "\"***\""));
        }
    }

    @Test
    void newestOnlyWhereThatIsAskedFor() throws Exception {
        try (var old = ChangingSide.answering("{\"sum\":1}");
                var fresh = ChangingSide.answering("{\"sum\":2}");
                var carves = start(old, fresh)) {
            carves.get("/1", "u");
            awaitKept(carves, 1);
            carves.get("/2", "u");
            awaitKept(carves, 2);

            assertThat(only(replay(carves, Map.of("limit", "1"))).target()).isEqualTo("/2");
        }
    }

    @Test
    void wrongArgumentsAreToldWithoutTheirSecrets() throws Exception {
        try (var old = ChangingSide.answering("{}");
                var fresh = ChangingSide.answering("{}");
                var carves = start(old, fresh)) {
            Assertions.assertThatThrownBy(
                            () -> carves.command("route_replay", Map.of("secret_headers", "hush")))
                    .isInstanceOf(BadArgumentException.class)
                    .hasMessageContaining("header 1")
                    .hasMessageNotContaining("hush");
            Assertions.assertThatThrownBy(
                            () -> carves.command("route_replay", Map.of("limit", "0")))
                    .isInstanceOf(BadArgumentException.class)
                    .hasMessageContaining("1 to 200");
        }
    }
}
