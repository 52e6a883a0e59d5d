package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.config.Alternative;
import dev.carve.config.Key;
import dev.carve.config.Loader;
import dev.carve.config.Registration;
import dev.carve.config.Schema;
import dev.carve.config.Short;
import dev.carve.gateway.metrics.TrafficMetrics;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.settings.ActionSettings;
import dev.carve.gateway.settings.GatewayBlocks;
import dev.carve.http.Loop;
import dev.carve.http.ResponseSink;
import dev.carve.runtime.Failure.Kind;
import dev.carve.testkit.Await;
import dev.carve.testkit.Ports;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.RecordingUpstream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The edits of a call have a fault; the service's counts and the loop's free calls stay right. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ThrowingCallTest {

    /**
     * Forwards to the only service.
     *
     * @param attempt at which editing throws
     */
    @Key("faulty")
    record Settings(@Short int attempt) implements ActionSettings {}

    private final AtomicReference<Service> service = new AtomicReference<>();

    /** Forwards a call whose edits throw. */
    private final class Faulty implements Action {
        private final int attempt;

        Faulty(int attempt) {
            this.attempt = attempt;
        }

        @Override
        public ActiveCall start(Call call, ResponseSink sink) {
            return new Forward(Objects.requireNonNull(service.get()), 0)
                    .start(throwing(call, attempt), sink);
        }
    }

    /** The call itself, but for its edits. */
    private static Call throwing(Call call, int attempt) {
        int[] edits = {0};
        return (Call)
                Proxy.newProxyInstance(
                        Call.class.getClassLoader(),
                        new Class<?>[] {Call.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("edit") && ++edits[0] == attempt) {
                                throw new IllegalStateException("secret internals");
                            }
                            try {
                                return method.invoke(call, arguments);
                            } catch (InvocationTargetException thrown) {
                                throw thrown.getTargetException();
                            }
                        });
    }

    private RunningGateway start(int port) {
        List<Registration> blocks = new ArrayList<>(GatewayBlocks.all());
        blocks.add(new Alternative<>(ActionSettings.class, Settings.class));
        RunningGateway gateway =
                RunningGateway.start(
                        RunningGateway.load(
                                Loader.of(Schema.of(blocks)),
                                """
                                services: {m: {urls: "http://127.0.0.1:%d", limit: 1, breaker: on}}
                                routes:
                                - {match: /first, faulty: 1}
                                - {match: /second, faulty: 2}
                                - {match: /well, to: m}
                                """
                                        .formatted(port)),
                        settings ->
                                settings instanceof Settings(int attempt)
                                        ? new Faulty(attempt)
                                        : null);
        service.set(gateway.gateway.registry().services().iterator().next());
        return gateway;
    }

    private TrafficMetrics.Totals totals() {
        return Objects.requireNonNull(service.get()).metrics().totals();
    }

    /** Calls under way at instances, and permits in use. */
    private int inFlight() {
        int sum =
                Objects.requireNonNull(
                                Objects.requireNonNull(service.get()).protectionView().limit())
                        .inFlight();
        for (Instance each : Objects.requireNonNull(service.get()).members().instances()) {
            sum += each.inFlight();
        }
        return sum;
    }

    /** The free call that the loop would take next; given back at once. */
    private static ForwardCall free(RunningGateway gateway) {
        Loop loop = gateway.loops.all().getFirst();
        CompletableFuture<ForwardCall> found = new CompletableFuture<>();
        loop.execute(() -> {
            LoopState state = LoopState.of(loop);
            ForwardCall call = state.takeForward();
            state.giveForward(call);
            found.complete(call);
        });
        return found.join();
    }

    @Test
    void faultBeforeTheFirstAttemptIs500AndGivesTheCallBack() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.answering("well");
                RunningGateway gateway = start(upstream.port());
                RawClient client = gateway.client()) {
            ForwardCall only = free(gateway);
            RawResponse answer = client.send(RunningGateway.head("GET", "/first")).read();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.bodyText()).doesNotContain("secret");
            assertThat(totals().inFlight).isZero();
            assertThat(totals().ended).isOne();
            assertThat(inFlight()).isZero();
            assertThat(free(gateway)).isSameAs(only);
            assertThat(client.send(RunningGateway.head("GET", "/well")).read().bodyText())
                    .isEqualTo("well");
        }
    }

    @Test
    void faultBeforeTheSecondAttemptIs500AndGivesTheCallBack() throws Exception {
        try (Ports.Held refusing = Ports.refusing();
                RunningGateway gateway = start(refusing.port());
                RawClient client = gateway.client()) {
            ForwardCall only = free(gateway);
            RawResponse answer = client.send(RunningGateway.head("GET", "/second")).read();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.field("Carve-Error")).contains(Kind.INTERNAL.code());
            Await.until("it is over", () -> totals().ended == 1);
            assertThat(totals().inFlight).isZero();
            assertThat(inFlight()).isZero();
            assertThat(free(gateway)).isSameAs(only);
        }
    }
}
