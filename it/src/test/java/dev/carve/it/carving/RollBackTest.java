package dev.carve.it.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
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
                            (target, number) ->
                                    broken
                                            ? whileBroken.to(number)
                                            : SideServer.answer(200, name, "{\"total\":100}"));
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

    /**
     * Requests at the new side from the break to the roll-back, what clients saw, and the status.
     */
    private record Way(int requests, int failures, String status) {}

    private Way breaking(Side fresh, Runnable broken, int requestsMax, String... more)
            throws Exception {
        try (var old = new Side("old", _ -> new byte[0])) {
            String file =
                    Shop.carved(
                            folder.resolve("carve.db"), old.port.port(), fresh.port.port(), more);
            try (GatewayProcess gateway = GatewayProcess.start(folder, file);
                    RawClient client = RawClient.connect(gateway.port())) {
                Shop.command(gateway, "route_approve");
                Pair users = users(gateway);
                for (int i = 0; i < HEALTHY; i++) {
                    assertThat(get(client, users.newUser())).isEqualTo(200);
                    assertThat(get(client, users.oldUser())).isEqualTo(200);
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                assertThat(Shop.stands(gateway)).isEqualTo("shift 0.5");
                broken.run();
                return way(gateway, client, users, requestsMax);
            }
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
}
