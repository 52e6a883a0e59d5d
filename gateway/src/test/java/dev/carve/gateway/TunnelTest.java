package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections that have left HTTP. */
@ExtendWith(NoLeaks.class)
class TunnelTest {

    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
    private static final String NO_SERVICE = "routes: [{match: /, respond: 204}]\n";

    private static String upgrade() {
        return RunningGateway.head("GET", "/", "Connection: Upgrade", "Upgrade: x");
    }

    /** Switches, takes four bytes, answers them, and takes what follows. */
    private static ScriptedUpstream echoingOnce() {
        return ScriptedUpstream.start(
                Script.once(
                        new Step.ReadRequest(),
                        new Step.Respond(SWITCH),
                        new Step.ReadBytes(4),
                        new Step.Respond("pong"),
                        new Step.HoldUntilPeerEnds()));
    }

    @Test
    void carriesBothWaysAndTheUpstreamsHalfMayCloseFirst() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.once(
                                        new Step.ReadRequest(),
                                        new Step.Respond(SWITCH + "hello"),
                                        new Step.ReadBytes(4),
                                        new Step.HalfClose()));
                RunningGateway gateway = RunningGateway.to(upstream.port())) {
            try (RawClient client = gateway.client()) {
                client.send(upgrade());
                RawResponse answer = client.read();
                assertThat(answer.status()).isEqualTo(101);
                assertThat(answer.field("Upgrade")).contains("x");
                assertThat(client.readExactly(5)).hasToString("hello");
                client.send("ping");
                assertThat(client.awaitEnd()).isEqualTo(RawClient.Ending.CLOSED);
                client.send("still taken").halfClose();
            }
            upstream.awaitNoOpenConnections();
            assertThat(upstream.requests().getFirst().head().first("Upgrade")).contains("x");
            assertThat(upstream.connections().getFirst().bytesReceived())
                    .isEqualTo(
                            upstream.requests().getFirst().head().bytes().length()
                                    + "pingstill taken".length());
        }
    }

    /** The upstream still says what it has to say; it ends by itself, having seen the end. */
    @Test
    void theClientsHalfMayCloseFirst() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.once(
                                        new Step.ReadRequest(),
                                        new Step.Respond(SWITCH),
                                        new Step.ReadBytes("ping".length()),
                                        new Step.Respond("last"),
                                        new Step.HoldUntilPeerEnds()));
                RunningGateway gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            client.send(upgrade()).read();
            client.send("ping").halfClose();
            assertThat(client.readToEnd()).hasToString("last");
            upstream.awaitNoOpenConnections();
        }
    }

    @Test
    void clientThatLeavesEndsItAtTheUpstream() throws Exception {
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.once(
                                        new Step.ReadRequest(),
                                        new Step.Respond(SWITCH),
                                        new Step.HoldUntilPeerEnds()));
                RunningGateway gateway = RunningGateway.to(upstream.port())) {
            try (RawClient client = gateway.client()) {
                client.send(upgrade()).read();
                client.reset();
            }
            upstream.awaitNoOpenConnections();
        }
    }

    @Test
    void ofARemovedServiceGoesOnForItsTime() throws Exception {
        try (ScriptedUpstream upstream = echoingOnce();
                RunningGateway gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            client.send(upgrade()).read();
            gateway.gateway.load(RunningGateway.settings("drain: 1h\n" + NO_SERVICE));
            assertThat(gateway.get("/").status()).isEqualTo(204);
            client.send("ping");
            assertThat(client.readExactly(4)).hasToString("pong");
            assertThat(upstream.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void ofARemovedServiceEndsWhenItsTimeIsOver() throws Exception {
        try (ScriptedUpstream upstream = echoingOnce();
                RunningGateway gateway = RunningGateway.to(upstream.port());
                RawClient client = gateway.client()) {
            client.send(upgrade()).read();
            gateway.gateway.load(RunningGateway.settings("drain: 0s\n" + NO_SERVICE));
            client.awaitEnd();
            upstream.awaitNoOpenConnections();
        }
    }
}
