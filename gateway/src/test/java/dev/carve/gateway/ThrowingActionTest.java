package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.config.Alternative;
import dev.carve.config.Key;
import dev.carve.config.Loader;
import dev.carve.config.Registration;
import dev.carve.config.Schema;
import dev.carve.config.Short;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.http.Head;
import dev.carve.http.ResponseSink;
import dev.carve.runtime.Failure.Kind;
import dev.carve.testkit.Await;
import dev.carve.testkit.IncompleteMessageException;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An action of another module has a fault; no exchange may stay open for it. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ThrowingActionTest {

    private static final LocalAnswer HELLO =
            LocalAnswer.of(
                    new Head().startResponse(200, "OK"), "hello".getBytes(StandardCharsets.UTF_8));

    /**
     * How far it comes before it throws.
     *
     * @param after {@code nothing}, {@code head} or {@code answer}
     */
    @Key("faulty")
    record Settings(@Short String after) implements ActionSettings {}

    /** The fault. */
    private record Faulty(String after) implements Action {
        @Override
        public ActiveCall start(Call call, ResponseSink sink) {
            switch (after) {
                case "head" -> sink.head(HELLO);
                case "answer" -> HELLO.send(call, sink);
                default -> {}
            }
            throw new IllegalStateException("secret internals");
        }
    }

    private static RunningGateway start() {
        List<Registration> blocks = new ArrayList<>(GatewayBlocks.all());
        blocks.add(new Alternative<>(ActionSettings.class, Settings.class));
        return RunningGateway.start(
                RunningGateway.load(
                        Loader.of(Schema.of(blocks)),
                        """
                        routes:
                        - {match: /nothing, faulty: nothing}
                        - {match: /head, faulty: head}
                        - {match: /answer, faulty: answer}
                        - {match: /well, respond: {body: well}}
                        """),
                settings -> settings instanceof Settings(String after) ? new Faulty(after) : null);
    }

    private static TrafficMetrics.Totals totals(RunningGateway gateway, String route) {
        return Objects.requireNonNull(gateway.gateway.registry().routeMetrics().get(route))
                .totals();
    }

    @Test
    void faultBeforeTheAnswerIs500AndTheConnectionGoesOn() throws Exception {
        try (RunningGateway gateway = start();
                RawClient client = gateway.client()) {
            RawResponse answer = client.send(RunningGateway.head("GET", "/nothing")).read();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.field("Carve-Error")).contains("internal");
            assertThat(answer.bodyText()).doesNotContain("secret");
            assertThat(client.send(RunningGateway.head("GET", "/well")).read().bodyText())
                    .isEqualTo("well");
            TrafficMetrics.Totals counted = totals(gateway, "/nothing");
            assertThat(counted.inFlight).isZero();
            assertThat(Objects.requireNonNull(counted.failures.get(""))[Kind.INTERNAL.ordinal()])
                    .isOne();
        }
    }

    @Test
    void faultWithinTheAnswerCutsTheConnection() throws Exception {
        try (RunningGateway gateway = start();
                RawClient client = gateway.client()) {
            client.send(RunningGateway.head("GET", "/head"));
            assertThatThrownBy(client::read)
                    .isInstanceOfSatisfying(
                            IncompleteMessageException.class,
                            cut ->
                                    assertThat(Objects.requireNonNull(cut.head()).startLine())
                                            .isEqualTo("HTTP/1.1 200 OK"));
            Await.until("it is over", () -> totals(gateway, "/head").ended == 1);
            TrafficMetrics.Totals counted = totals(gateway, "/head");
            assertThat(counted.inFlight).isZero();
            // Not as a client that has gone, which is how the wire would have it.
            assertThat(Objects.requireNonNull(counted.failures.get(""))[Kind.INTERNAL.ordinal()])
                    .isOne();
        }
    }

    @Test
    void faultAfterTheAnswerLeavesTheNextRequestAlone() throws Exception {
        try (RunningGateway gateway = start();
                RawClient client = gateway.client()) {
            client.send(
                    RunningGateway.head("GET", "/answer") + RunningGateway.head("GET", "/well"));
            assertThat(client.readNext("GET").bodyText()).isEqualTo("hello");
            assertThat(client.readNext("GET").bodyText()).isEqualTo("well");
            assertThat(totals(gateway, "/answer").failures).isEmpty();
        }
    }
}
