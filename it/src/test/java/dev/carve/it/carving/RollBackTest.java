package dev.carve.it.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.it.gateway.Scrape;
import dev.carve.testkit.Await;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.RecordedRequest;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A new side that breaks under traffic is taken back, end to end. Told in requests and with room
 * for a slow machine; how soon in seconds is measured by {@code ./dev bench rollback}.
 */
@Timeout(240)
class RollBackTest {

    /** About 50 requests a second at each side; on a slow machine fewer, never more. */
    private static final long PAUSE_NANOS = 20_000_000;

    private static final int HEALTHY = 100;

    /** So that an answer's time is that of its side and not of this machine. */
    private static final long USUAL_NANOS = 4_000_000;

    private static final int JUDGED_MAX = 5_000;
    private static final Pattern JUDGED = Pattern.compile("\"p95 [^\"]*: (same|better), ");

    @TempDir private Path folder = Path.of("");

    /** A side inside this process whose answers follow from how many it gave. */
    private static final class Side implements AutoCloseable {
        private final Ports.Held port = Ports.refusing();
        private final SideServer server;
        private volatile boolean broken;

        Side(String name, Answers whileBroken) throws IOException {
            server =
                    SideServer.start(
                            port.port(),
                            (target, number) -> {
                                LockSupport.parkNanos(USUAL_NANOS);
                                return broken ? whileBroken.to(number) : good(name);
                            });
        }

        static byte[] good(String name) {
            return SideServer.answer(200, name, "{\"total\":100}");
        }

        @Override
        public void close() {
            server.close();
            port.close();
        }
    }

    private interface Answers {
        byte[] to(long number);
    }

    private record Pair(String oldUser, String newUser) {}

    private static Pair users(GatewayProcess gateway) throws IOException {
        List<String> atOld = new ArrayList<>();
        List<String> atNew = new ArrayList<>();
        for (Map.Entry<String, String> each : Shop.sides(gateway).entrySet()) {
            (each.getValue().equals("new") ? atNew : atOld).add(each.getKey());
        }
        return new Pair(atOld.getFirst(), atNew.getFirst());
    }

    private static int get(RawClient client, String user) throws IOException {
        RawResponse answer =
                client.send("GET / HTTP/1.1\r\nHost: h\r\nX-User: " + user + "\r\n\r\n").read();
        return answer.status();
    }

    /** What a test asks of both sides before the new one breaks. */
    private interface Before {
        void ask(GatewayProcess gateway, RawClient client, Pair users) throws IOException;
    }

    /** What a test looks at while the gateway runs. */
    private interface After {
        void look(GatewayProcess gateway) throws Exception;
    }

    /**
     * Requests at the new side from the break to the roll-back, what clients saw, and the status.
     */
    private record Way(int requests, int failures, String status) {}

    private Way breaking(Side fresh, Runnable broken, int requestsMax, String... more)
            throws Exception {
        try (var old = old()) {
            String file = Shop.carved(store(), old.port.port(), fresh.port.port(), more);
            return breaking(file, RollBackTest::healthy, broken, requestsMax, _ -> {});
        }
    }

    private Path store() {
        return folder.resolve("carve.db");
    }

    private static Side old() throws IOException {
        return new Side("old", _ -> new byte[0]);
    }

    private Way breaking(String file, Before before, Runnable broken, int requestsMax, After after)
            throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(folder, file);
                RawClient client = RawClient.connect(gateway.port())) {
            Shop.command(gateway, "route_approve");
            Pair users = users(gateway);
            before.ask(gateway, client, users);
            assertThat(Shop.stands(gateway)).isEqualTo("shift 0.5");
            broken.run();
            Way way = way(gateway, client, users, requestsMax);
            after.look(gateway);
            return way;
        }
    }

    private static void healthy(GatewayProcess gateway, RawClient client, Pair users)
            throws IOException {
        for (int i = 0; i < HEALTHY; i++) {
            assertThat(get(client, users.newUser())).isEqualTo(200);
            assertThat(get(client, users.oldUser())).isEqualTo(200);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Asks until the guard has said of the latency that it is good. */
    private static void judged(GatewayProcess gateway, RawClient client, Pair users)
            throws IOException {
        int asked = 0;
        while (!JUDGED.matcher(gateway.admin("/api/carves").bodyText()).find()) {
            assertThat(asked).as(gateway.admin("/api/carves").bodyText()).isLessThan(JUDGED_MAX);
            for (int i = 0; i < 50; i++) {
                assertThat(get(client, users.newUser())).isEqualTo(200);
                assertThat(get(client, users.oldUser())).isEqualTo(200);
            }
            asked += 50;
        }
    }

    private static Way way(GatewayProcess gateway, RawClient client, Pair users, int requestsMax)
            throws IOException {
        int failures = 0;
        for (int i = 1; i <= requestsMax; i++) {
            failures += get(client, users.newUser()) == 200 ? 0 : 1;
            assertThat(get(client, users.oldUser())).isEqualTo(200);
            if (Shop.stands(gateway).equals("rolled_back 0.0")) {
                assertThat(get(client, users.newUser())).isEqualTo(200);
                String status = gateway.admin("/api/carves").bodyText();
                assertThat(status).contains("\"by\":\"guard\"");
                return new Way(i, failures, status);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new AssertionError("not rolled back after " + requestsMax + " requests");
    }

    @Test
    void errorsOfThreeInTenTakeTheRouteBack() throws Exception {
        try (var fresh =
                new Side(
                        "new",
                        number -> SideServer.answer(number % 10 < 3 ? 500 : 200, "new", "{}"))) {
            Way way = breaking(fresh, () -> fresh.broken = true, 2_000);
            assertThat(way.failures()).isPositive().isLessThan(way.requests());
        }
    }

    @Test
    void mismatchesOfOneInTwentyTakeTheRouteBack() throws Exception {
        try (var fresh =
                new Side(
                        "new",
                        number ->
                                SideServer.answer(
                                        200,
                                        "new",
                                        "{\"total\":" + (number % 20 == 0 ? 99 : 100) + "}"))) {
            Way way =
                    breaking(fresh, () -> fresh.broken = true, 3_000, "mirror: 100%", "noise: 0%");
            assertThat(way.failures()).isZero();
        }
    }

    @Test
    void refusedConnectionsTakeTheRouteBackAndNoClientSeesThem() throws Exception {
        try (var fresh = new Side("new", _ -> new byte[0])) {
            Way way = breaking(fresh, () -> fresh.server.close(), 50);
            assertThat(way.failures()).isZero();
            assertThat(way.requests()).isGreaterThanOrEqualTo(3);
            // Not by statistics, which would see it as well, later.
            assertThat(way.status()).contains("refused 3 connections in a row");
        }
    }

    @Test
    void latencyOfTenTimesTheOldSidesTakesTheRouteBack() throws Exception {
        Answers slow =
                _ -> {
                    LockSupport.parkNanos(9 * USUAL_NANOS);
                    return Side.good("new");
                };
        try (var old = old();
                var fresh = new Side("new", slow)) {
            String file =
                    Shop.guarded(
                            store(), old.port.port(), fresh.port.port(), "p95: 2x, warm_up: 0s");
            Way way = breaking(file, RollBackTest::judged, () -> fresh.broken = true, 750, _ -> {});
            assertThat(way.failures()).isZero();
            assertThat(way.status()).containsPattern("\"reason\":\"p95 [^\"]*: worse, ");
        }
    }

    @Test
    void rollBackByTheGuardIsToldInTheLogInMetricsAndToTheWebhook() throws Exception {
        Script thanks = Script.perRequest(new Step.RespondText(204, List.of(), ""));
        try (var old = old();
                var fresh = new Side("new", _ -> SideServer.answer(500, "new", "{}"));
                var hook = ScriptedUpstream.start(thanks)) {
            String file =
                    Shop.guarded(
                            store(),
                            old.port.port(),
                            fresh.port.port(),
                            "p95: off, webhook: \"http://127.0.0.1:%d/alarm\""
                                    .formatted(hook.port()));
            breaking(
                    file,
                    RollBackTest::healthy,
                    () -> fresh.broken = true,
                    2_000,
                    gateway -> {
                        Await.until(
                                "the log to tell it", () -> !alarms(gateway.errors()).isEmpty());
                        assertThat(alarms(gateway.errors()))
                                .singleElement()
                                .asString()
                                .containsPattern(
                                        "ERROR errors [0-9.]+ % new, [0-9.]+ % old \\(limit"
                                                + " \\+0\\.5%\\): worse, [0-9.]+ % sure")
                                .contains(
                                        "route=\"shop\"",
                                        "from=\"shift 50%\"",
                                        "to=\"rolled_back\"",
                                        "by=\"guard\"");

                        Scrape metrics = gateway.scrape();
                        assertThat(
                                        metrics.sum(
                                                "carve_stage",
                                                "route=\"shop\"",
                                                "stage=\"rolled_back\""))
                                .isEqualTo(1);
                        assertThat(metrics.has("carve_shift_share_ratio")).isTrue();
                        assertThat(metrics.sum("carve_shift_share_ratio", "route=\"shop\""))
                                .isZero();

                        RecordedRequest told = hook.awaitRequests(1).getFirst();
                        assertThat(told.method() + " " + told.target()).isEqualTo("POST /alarm");
                        assertThat(told.head().first("Content-Type")).contains("application/json");
                        assertThat(told.body().kept().text())
                                .contains(
                                        "\"route\":\"shop\"",
                                        "\"from\":\"shift 50%\"",
                                        "\"to\":\"rolled_back\"",
                                        "\"by\":\"guard\"")
                                .containsPattern("\"reason\":\"errors [^\"]*: worse, ");
                    });
            assertThat(hook.requestCount()).as("told once").isEqualTo(1);
        }
    }

    /** Lines at ERROR that name a roll-back. */
    private static List<String> alarms(String log) {
        return log.lines()
                .filter(line -> line.contains("Z ERROR ") && line.contains("rolled_back"))
                .toList();
    }
}
