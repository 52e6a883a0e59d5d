package dev.carve.it.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.config.Loaded;
import dev.carve.config.Rejected;
import dev.carve.http.LoopCounters.Count;
import dev.carve.it.clients.EchoSocket;
import dev.carve.it.clients.Origin;
import dev.carve.it.gateway.RunningGateway;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import java.net.http.HttpClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Another file while clients are at it. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class ReloadTest {

    private static final int RELOADS = 1_000;
    private static final int CLIENTS = 8;

    @Test
    void thousandReloadsUnderLoadLoseNoRequestCloseNoWebSocketAndKeepPools() throws Exception {
        try (var origin = Origin.start();
                var gateway = RunningGateway.start(file(origin.port(), 0));
                var http = HttpClient.newHttpClient();
                var socket = EchoSocket.open(http, gateway.port());
                var load = ClosedLoop.start(gateway.port(), CLIENTS)) {
            for (int i = 1; i <= RELOADS; i++) {
                long requests = gateway.count(Count.REQUESTS);
                long answered = load.answered();
                assertThat(gateway.reload(file(origin.port(), i))).isInstanceOf(Loaded.class);
                assertThat(gateway.count(Count.REQUESTS)).isGreaterThanOrEqualTo(requests);
                Await.until(
                        "an answer after reload " + i,
                        Duration.ofSeconds(10),
                        () -> load.answered() > answered || !load.lost().isEmpty(),
                        () -> load.lost().toString());
                assertThat(load.lost()).isEmpty();
                if (i % 20 == 0) {
                    assertThat(socket.echo("after " + i)).isEqualTo("after " + i);
                }
            }
            load.stop();
            load.join();

            assertThat(load.lost()).isEmpty();
            assertThat(load.answered()).isEqualTo(load.sent()).isGreaterThanOrEqualTo(RELOADS);
            assertThat(socket.isOpen()).isTrue();
            // One connection for each client, and one for the tunnel: none was made anew.
            assertThat(gateway.count(Count.UPSTREAM_OPENED)).isLessThanOrEqualTo(CLIENTS + 1);
            assertThat(gateway.count(Count.UPSTREAM_REUSED))
                    .isGreaterThanOrEqualTo(load.answered() - CLIENTS);
            assertThat(gateway.count(Count.CONNECTIONS_ACCEPTED)).isEqualTo(CLIENTS + 1);
        }
    }

    @Test
    void wrongFileChangesNothing() throws Exception {
        try (var origin = Origin.start();
                var gateway = RunningGateway.start(file(origin.port(), 1));
                var client = RawClient.connect(gateway.port())) {
            String before = answer(client, "/number");
            for (String wrong :
                    new String[] {
                        "routes: [",
                        file(origin.port(), 2) + "unknown: 1\n",
                        file(origin.port(), 2).replace("to: origin", "to: nobody"),
                        file(origin.port(), 2).replace("respond: {", "respond: { status: 99,"),
                    }) {
                assertThat(gateway.reload(wrong)).as(wrong).isInstanceOf(Rejected.class);
                assertThat(answer(client, "/number")).isEqualTo(before).isEqualTo("number 1");
                assertThat(answer(client, "/small")).isEqualTo("hello");
            }
            assertThat(gateway.reload(file(origin.port(), 2))).isInstanceOf(Loaded.class);
            assertThat(answer(client, "/number")).isEqualTo("number 2");
            assertThat(gateway.count(Count.UPSTREAM_OPENED)).isEqualTo(1);
        }
    }

    @Test
    void requestUnderWayEndsAsItsFileSaid() throws Exception {
        try (var origin = Origin.start();
                var gateway = RunningGateway.start(file(origin.port(), 1));
                var client = RawClient.connect(gateway.port())) {
            client.send("POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
            Await.until(
                    "the request at the origin",
                    Duration.ofSeconds(10),
                    () -> origin.requests() == 1,
                    () -> "");

            assertThat(gateway.reload("services: {}\nroutes: [{ match: /, respond: 410 }]\n"))
                    .isInstanceOf(Loaded.class);
            client.send("cd");

            assertThat(client.read("POST").bodyText()).startsWith("4 ");
            client.send("GET /small HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(410);
            Await.until(
                    "the removed service's connections closed",
                    Duration.ofSeconds(10),
                    () -> origin.connections() == 0,
                    () -> origin.connections() + " open");
        }
    }

    private static String answer(RawClient client, String path) throws Exception {
        return client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").read().bodyText();
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
