package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.Proxies;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.RunningProxy;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The driver and its judgement, proved at gateways whose manners are known. */
class PeersTest {

    @Test
    void nginxAndHaproxyAreJudgedAsTheyAreKnown() throws IOException {
        var comparison = new Comparison();
        try (var upstream = RecordingUpstream.start();
                RunningProxy proxy = Proxies.nginx(upstream.port())) {
            RequestCorpus.compare(comparison, "nginx", proxy.port(), upstream);
        }
        try (var upstream = RecordingUpstream.start();
                RunningProxy proxy = Proxies.haproxy(upstream.port())) {
            RequestCorpus.compare(comparison, "haproxy", proxy.port(), upstream);
        }
        System.out.println(comparison.table());
        for (String gateway : List.of("nginx", "haproxy")) {
            for (String good :
                    List.of("pipeline-of-two", "chunk-extension", "length-on-get", "trailer")) {
                assertThat(comparison.outcome(gateway, good).leniency())
                        .as("%s on %s", gateway, good)
                        .isEqualTo(Leniency.NONE);
            }
            assertThat(comparison.outcome(gateway, "length-twice-different").text())
                    .startsWith("refused 400");
        }
    }

    @Test
    void answersThroughNginxAndHaproxyAreJudgedAsTheyAreKnown() throws IOException {
        var comparison = new Comparison();
        try (var upstream = WireContract.idle();
                RunningProxy proxy = Proxies.nginx(upstream.port())) {
            ResponseDriver.compare(comparison, "nginx", proxy.port(), upstream);
        }
        try (var upstream = WireContract.idle();
                RunningProxy proxy = Proxies.haproxy(upstream.port())) {
            ResponseDriver.compare(comparison, "haproxy", proxy.port(), upstream);
        }
        System.out.println(comparison.table());
        for (String gateway : List.of("nginx", "haproxy")) {
            for (String good : List.of("chunk-extension", "length-with-head", "body-until-close")) {
                assertThat(comparison.outcome(gateway, good).leniency())
                        .as("%s on %s", gateway, good)
                        .isEqualTo(Leniency.NONE);
            }
            assertThat(comparison.outcome(gateway, "body-truncated").text()).isEqualTo("cut 200");
        }
    }

    @Test
    void faultsBehindHaproxyAreJudgedAsTheyAreKnown() throws Exception {
        var seen = new LinkedHashMap<String, FaultDriver.Result>();
        for (FaultCase fault : FaultTable.all()) {
            if (!fault.bounds().equals(GatewayUnderTest.Bounds.SHORT)) {
                try (GatewayUnderTest gateway = new HaproxyUnderTest()) {
                    seen.put(fault.name(), FaultDriver.run(fault, gateway));
                }
            }
        }
        seen.forEach(
                (name, r) -> System.out.printf("%-52s %-12s %s%n", name, r.seen(), r.client()));
        assertThat(seen.get("CONNECT UPSTREAM refuse"))
                .isEqualTo(
                        new FaultDriver.Result(
                                List.of("got 503 (expected: Refusal[statuses=[502]])"),
                                List.of(
                                        "Carve-Error none (expected: one of [connect_refused])",
                                        "no metrics"),
                                "503"));
        for (String fault :
                List.of(
                        "RESPONSE_HEAD UPSTREAM close",
                        "RESPONSE_HEAD UPSTREAM dribble",
                        "RESPONSE_BODY UPSTREAM truncate",
                        "RESPONSE_BODY UPSTREAM bad chunk",
                        "REQUEST_BODY CLIENT dribble")) {
            assertThat(seen.get(fault))
                    .as(fault)
                    .isNotNull()
                    .extracting(FaultDriver.Result::client)
                    .isEqualTo(List.of());
        }
    }

    /** HAProxy as a gateway without metrics and with its own bounds. */
    private static final class HaproxyUnderTest implements GatewayUnderTest {

        private @Nullable RunningProxy proxy;

        @Override
        public int start(int upstreamPort, Bounds bounds) {
            RunningProxy started = Proxies.haproxy(upstreamPort);
            proxy = started;
            return started.port();
        }

        @Override
        public String metrics() {
            return "";
        }

        @Override
        public void close() {
            if (proxy != null) {
                proxy.close();
            }
        }
    }
}
