package dev.carve.it.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.clients.Origin;
import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is told to end while clients are at it. */
@Timeout(120)
class StopTest {

    private static final int CLIENTS = 8;

    @TempDir Path temp = Path.of("");

    @Test
    void terminationUnderLoadLosesNoRequestAndExitsWithZero() throws Exception {
        try (var origin = Origin.start();
                var gateway = GatewayProcess.start(temp, forwardingTo(origin.port()));
                var load = ClosedLoop.start(gateway.port(), CLIENTS)) {
            Await.until(
                    "some load",
                    Duration.ofSeconds(20),
                    () -> load.answered() > 500,
                    () -> load.lost().toString());

            gateway.terminate();
            load.join(); // each client ends when it is told to and then refused

            assertThat(load.lost()).isEmpty();
            assertThat(load.answered()).isEqualTo(load.sent());
            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isZero();
        }
    }

    @Test
    void requestUnderWayIsFinishedBeforeTheProcessEnds() throws Exception {
        try (var origin = Origin.start();
                var gateway = GatewayProcess.start(temp, forwardingTo(origin.port()));
                var client = RawClient.connect(gateway.port())) {
            client.send("POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
            Await.until(
                    "the request at the origin",
                    Duration.ofSeconds(10),
                    () -> origin.requests() == 1,
                    () -> "");
            gateway.terminate();
            assertThat(client.staysQuiet(Duration.ofMillis(300))).isTrue();
            assertThat(gateway.isAlive()).isTrue();

            var response = client.send("cd").read("POST");

            assertThat(response.bodyText()).startsWith("4 ");
            assertThat(response.field("Connection")).contains("close");
            assertThat(gateway.awaitExit(Duration.ofSeconds(15))).isZero();
        }
    }

    @Test
    void secondSignalEndsAtOnce() throws Exception {
        try (var upstream = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var gateway =
                        GatewayProcess.start(
                                temp, "shutdown: 60s\n" + forwardingTo(upstream.port()));
                var client = RawClient.connect(gateway.port())) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            upstream.awaitRequests(1);
            gateway.terminate();
            assertThat(gateway.awaitExit(Duration.ofMillis(500))).isEqualTo(-1);

            gateway.terminate();

            assertThat(gateway.awaitExit(Duration.ofSeconds(5))).isNotEqualTo(-1);
        }
    }

    private static String forwardingTo(int port) {
        return "services: { origin: http://127.0.0.1:%d }\nroutes: [{ match: /, to: origin }]\n"
                .formatted(port);
    }
}
