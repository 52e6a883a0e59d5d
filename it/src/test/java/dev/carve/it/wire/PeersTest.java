package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.Transport;
import dev.carve.testkit.OutsidePrograms;
import dev.carve.testkit.Proxies;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.RunningProxy;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The corpora at Carve, nginx and HAProxy side by side: the judgement is proved at gateways whose
 * manners are known, and Carve is never the most lenient.
 */
class PeersTest {

    private static final List<String> PEERS = List.of("nginx", "haproxy");

    @Test
    void carveIsNeverTheMostLenientOnARequest() throws Exception {
        OutsidePrograms.require("nginx");
        OutsidePrograms.require("haproxy");
        var comparison = new Comparison();
        try (var upstream = RecordingUpstream.start();
                var carve = new CarveUnderTest(Transport.preferred())) {
            RequestCorpus.compare(comparison, "carve", carve.start(upstream.port()), upstream);
        }
        try (var upstream = RecordingUpstream.start();
                RunningProxy proxy = Proxies.nginx(upstream.port())) {
            RequestCorpus.compare(comparison, "nginx", proxy.port(), upstream);
        }
        try (var upstream = RecordingUpstream.start();
                RunningProxy proxy = Proxies.haproxy(upstream.port())) {
            RequestCorpus.compare(comparison, "haproxy", proxy.port(), upstream);
        }
        System.out.println(comparison.table());
        for (String peer : PEERS) {
            assertPasses(
                    comparison,
                    peer,
                    List.of("pipeline-of-two", "chunk-extension", "length-on-get", "trailer"));
            assertThat(comparison.outcome(peer, "length-twice-different").text())
                    .startsWith("refused 400");
        }
        assertNeverMostLenient(comparison, RequestCase.all().size());
    }

    @Test
    void carveIsNeverTheMostLenientOnAResponse() throws Exception {
        OutsidePrograms.require("nginx");
        OutsidePrograms.require("haproxy");
        var comparison = new Comparison();
        try (var upstream = WireContract.idle();
                var carve = new CarveUnderTest(Transport.preferred())) {
            ResponseDriver.compare(comparison, "carve", carve.start(upstream.port()), upstream);
        }
        try (var upstream = WireContract.idle();
                RunningProxy proxy = Proxies.nginx(upstream.port())) {
            ResponseDriver.compare(comparison, "nginx", proxy.port(), upstream);
        }
        try (var upstream = WireContract.idle();
                RunningProxy proxy = Proxies.haproxy(upstream.port())) {
            ResponseDriver.compare(comparison, "haproxy", proxy.port(), upstream);
        }
        System.out.println(comparison.table());
        for (String peer : PEERS) {
            assertPasses(
                    comparison,
                    peer,
                    List.of("chunk-extension", "length-with-head", "body-until-close"));
            assertThat(comparison.outcome(peer, "body-truncated").text()).isEqualTo("cut 200");
        }
        assertNeverMostLenient(comparison, ResponseCase.all().size());
    }

    private static void assertPasses(Comparison comparison, String gateway, List<String> cases) {
        for (String good : cases) {
            assertThat(comparison.outcome(gateway, good).leniency())
                    .as("%s on %s", gateway, good)
                    .isEqualTo(Leniency.NONE);
        }
    }

    private static void assertNeverMostLenient(Comparison comparison, int cases) {
        assertThat(comparison.cases("carve")).isEqualTo(cases);
        assertThat(comparison.mostLenient("carve")).isEmpty();
        for (String peer : PEERS) {
            assertThat(comparison.cases(peer)).isEqualTo(cases);
            assertThat(comparison.lenient("carve")).isLessThanOrEqualTo(comparison.lenient(peer));
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
