package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.service.ProtectionView;
import dev.carve.gateway.service.Service;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service that stalls under ten times what it may take does not touch another one. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class IsolationTest {

    private static final int PERMITS = 10;
    private static final int CLIENTS = 10 * PERMITS;
    private static final int REQUESTS = 200;

    private static ProtectionView.LimitView limit(Service of) {
        return Objects.requireNonNull(of.protectionView().limit());
    }

    private static Service named(RunningGateway gateway, String name) {
        return gateway.gateway.registry().services().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void oneServiceStallsAndTheOtherAnswersAllOnTheSameLoop() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (ScriptedUpstream stalled =
                        ScriptedUpstream.start(Script.perRequest(new Step.HoldUntilPeerEnds()));
                ScriptedUpstream well = ScriptedUpstream.start(Stage.good("well"));
                RunningGateway gateway =
                        RunningGateway.start(
                                """
                                services:
                                  stalled:
                                    urls: http://127.0.0.1:%d
                                    limit: {requests: %d, waiting: %d, wait: 1m}
                                    breaker: on
                                    ejection: on
                                    hedge: on
                                  well: http://127.0.0.1:%d
                                routes:
                                - {match: /stalled, to: stalled}
                                - {match: /well, to: well}
                                """
                                        .formatted(
                                                stalled.port(), PERMITS, PERMITS, well.port()))) {
            Service slow = named(gateway, "stalled");
            for (int i = 0; i < CLIENTS; i++) {
                RawClient client = gateway.client();
                clients.add(client);
                client.send(RunningGateway.head("GET", "/stalled"));
            }
            Await.until("the service to be full", () -> limit(slow).waiting() == PERMITS);
            try (RawClient client = gateway.client()) {
                for (int i = 0; i < REQUESTS; i++) {
                    client.send(RunningGateway.head("GET", "/well"));
                    assertThat(client.read().status()).isEqualTo(200);
                }
            }
            Await.until(
                    "the rest to be refused",
                    () -> limit(slow).refused() == CLIENTS - 2L * PERMITS);
            assertThat(limit(slow).inFlight()).isEqualTo(PERMITS);
            assertThat(stalled.awaitRequests(PERMITS)).hasSize(PERMITS);
            assertThat(named(gateway, "well").metrics().totals().failures).isEmpty();
            for (RawClient each : clients) {
                each.close();
            }
            Await.until("nothing to be in flight", () -> limit(slow).inFlight() == 0);
            Await.until("nobody to wait", () -> limit(slow).waiting() == 0);
        } finally {
            for (RawClient each : clients) {
                each.close();
            }
        }
    }
}
