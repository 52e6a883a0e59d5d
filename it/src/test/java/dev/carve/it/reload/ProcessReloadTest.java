package dev.carve.it.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.clients.EchoSocket;
import dev.carve.it.clients.Origin;
import dev.carve.it.gateway.GatewayProcess;
import dev.carve.it.gateway.Scrape;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reloads as an operator asks for them, by signal and by call, while clients are at it. */
@Timeout(240)
class ProcessReloadTest {

    private static final int RELOADS = 1_000;
    private static final int CLIENTS = 8;
    private static final long SEED = 20_180_901;
    private static final double WRONG_SHARE = 0.1;

    @TempDir Path temp = Path.of("");

    /** The loads that were asked for, by what must come of them. The start is one. */
    private int good = 1;

    private int wrong;

    @Test
    void thousandReloadsBySignalAndByCallLoseNothingAndWrongFilesAmongThemChangeNothing()
            throws Exception {
        IgnoredSignals.assumeNone("HUP");
        var random = new SplittableRandom(SEED);
        try (var origin = Origin.start();
                var gateway = GatewayProcess.start(temp, file(origin.port(), 0));
                var http = HttpClient.newHttpClient();
                var socket = EchoSocket.open(http, gateway.port());
                var load = ClosedLoop.start(gateway.port(), CLIENTS);
                var client = RawClient.connect(gateway.port())) {
            int inUse = 0;
            int bySignal = 0;
            for (int i = 1; i <= RELOADS; i++) {
                long answered = load.answered();
                boolean isWrong = random.nextDouble() < WRONG_SHARE;
                boolean signalled = random.nextBoolean();
                String file = file(origin.port(), i);
                gateway.rewrite(isWrong ? broken(file, random.nextInt(4)) : file);
                inUse = isWrong ? inUse : i;
                bySignal += signalled ? 1 : 0;
                reload(gateway, isWrong, signalled);

                assertThat(number(client)).as("after reload %d", i).isEqualTo("number " + inUse);
                Await.until(
                        "an answer after reload " + i,
                        Duration.ofSeconds(10),
                        () -> load.answered() > answered || !load.lost().isEmpty(),
                        () -> load.lost().toString());
                assertThat(load.lost()).as("after reload %d", i).isEmpty();
                if (i % 20 == 0) {
                    assertThat(socket.echo("after " + i)).isEqualTo("after " + i);
                }
            }
            load.stop();
            load.join();

            // Both ways were gone, and wrong files were among them, or this proves less than said.
            assertThat(bySignal).isBetween(RELOADS / 3, RELOADS * 2 / 3);
            assertThat(wrong).isBetween(RELOADS / 20, RELOADS / 5);
            assertThat(load.lost()).isEmpty();
            assertThat(load.answered()).isEqualTo(load.sent()).isGreaterThanOrEqualTo(RELOADS);
            assertThat(socket.isOpen()).isTrue();
            assertThat(socket.echo("last")).isEqualTo("last");
            assertNothingWasMadeAnew(gateway.scrape(), load.answered());
            assertThat(gateway.errors().lines().filter(line -> line.contains("not reloaded")))
                    .hasSize(wrong);
            gateway.assertNoLeaks();
        }
    }

    /** Asks, and waits for what comes of it to be counted. */
    private void reload(GatewayProcess gateway, boolean isWrong, boolean signalled)
            throws IOException, InterruptedException {
        good += isWrong ? 0 : 1;
        wrong += isWrong ? 1 : 0;
        if (signalled) {
            gateway.hangUp();
            Await.until(
                    good + " loads and " + wrong + " refusals",
                    Duration.ofSeconds(10),
                    () -> isCounted(gateway),
                    gateway::errors);
        } else {
            RawResponse answer = gateway.admin("POST", "/api/reload");
            assertThat(answer.status()).as(answer.bodyText()).isEqualTo(isWrong ? 409 : 200);
            assertThat(isCounted(gateway)).isTrue();
        }
    }

    private boolean isCounted(GatewayProcess gateway) {
        try {
            Scrape now = gateway.scrape();
            return now.count("carve_config_loads_total", "result=\"loaded\"") == good
                    && now.count("carve_config_loads_total", "result=\"rejected\"") == wrong;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One upstream connection for each client, and one for the tunnel. */
    private static void assertNothingWasMadeAnew(Scrape end, long answered) {
        assertThat(end.count("carve_upstream_connections_opened_total"))
                .isLessThanOrEqualTo(CLIENTS + 1);
        assertThat(end.count("carve_upstream_connections_reused_total"))
                .isGreaterThanOrEqualTo(answered - CLIENTS);
        assertThat(end.count("carve_tunnels_open")).isEqualTo(1);
        // Counters of what stays outlive each reload.
        assertThat(end.count("carve_requests_total", "route=\"/\"", "code=\"2xx\""))
                .isEqualTo(answered);
        assertThat(end.values("carve_failures_total", "code")).isEmpty();
    }

    private static String number(RawClient client) throws IOException {
        return client.send("GET /number HTTP/1.1\r\nHost: h\r\n\r\n").read().bodyText();
    }

    private static String broken(String file, int way) {
        return switch (way) {
            case 0 -> "routes: [";
            case 1 -> file + "unknown: 1\n";
            case 2 -> file.replace("to: origin", "to: nobody");
            default -> file.replace("respond: {", "respond: { status: 99,");
        };
    }

    /** The same service each time; another route, another time-out, another header edit. */
    private static String file(int port, int number) {
        return """
        services:
          # As many are kept as there are clients, or a slow machine's would be closed as unneeded.
          origin:
            urls: [http://127.0.0.1:%1$d]
            idle_kept: 16
            timeouts: { response: %2$dms }
        routes:
          - { match: /, to: origin, headers: { response: { set: { X-Number: "%2$d" } } } }
          - { match: /number, respond: { body: "number %3$d" } }
          - { match: /only-in/%3$d, to: origin }
        """
                .formatted(port, 10_000 + number, number);
    }
}
