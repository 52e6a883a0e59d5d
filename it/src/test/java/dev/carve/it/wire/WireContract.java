package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.OutsidePrograms;
import dev.carve.testkit.Proxies;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.RunningProxy;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a gateway must hold on the wire; a subclass names the gateway. */
@ExtendWith(NoLeaks.class)
abstract class WireContract {

    /** A gateway that has not started; the contract closes it. */
    protected abstract GatewayUnderTest gateway() throws Exception;

    @Test
    void everyRequestIsRefusedOrForwardedInExactlyOneReading() throws Exception {
        Map<String, List<String>> wrong = new LinkedHashMap<>();
        try (var upstream = RecordingUpstream.start();
                GatewayUnderTest gateway = gateway()) {
            var driver = new RequestDriver(gateway.start(upstream.port()), upstream);
            for (RequestCase asked : RequestCase.all()) {
                List<String> differences = RequestCorpus.differences(asked, driver.run(asked));
                if (!differences.isEmpty()) {
                    wrong.put(asked.name(), differences);
                }
            }
        }
        assertThat(lines(wrong)).isEmpty();
    }

    @Test
    void everyResponseIsRefusedOrRelayedInExactlyOneReading() throws Exception {
        Map<String, List<String>> wrong = new LinkedHashMap<>();
        try (var upstream = idle();
                GatewayUnderTest gateway = gateway()) {
            var driver = new ResponseDriver(gateway.start(upstream.port()), upstream);
            for (ResponseCase asked : ResponseCase.all()) {
                List<String> differences = ResponseDriver.differences(asked, driver.run(asked));
                if (!differences.isEmpty()) {
                    wrong.put(asked.name(), differences);
                }
            }
        }
        assertThat(lines(wrong)).isEmpty();
    }

    @Test
    void itIsNeverTheMostLenientOnARequest() throws Exception {
        OutsidePrograms.require("nginx");
        OutsidePrograms.require("haproxy");
        var comparison = new Comparison();
        try (var upstream = RecordingUpstream.start();
                GatewayUnderTest gateway = gateway()) {
            RequestCorpus.compare(comparison, "carve", gateway.start(upstream.port()), upstream);
        }
        for (var peer : peers().entrySet()) {
            try (var upstream = RecordingUpstream.start();
                    RunningProxy proxy = peer.getValue().apply(upstream.port())) {
                RequestCorpus.compare(comparison, peer.getKey(), proxy.port(), upstream);
            }
        }
        assertNeverMostLenient(comparison);
    }

    @Test
    void itIsNeverTheMostLenientOnAResponse() throws Exception {
        OutsidePrograms.require("nginx");
        OutsidePrograms.require("haproxy");
        var comparison = new Comparison();
        try (var upstream = idle();
                GatewayUnderTest gateway = gateway()) {
            ResponseDriver.compare(comparison, "carve", gateway.start(upstream.port()), upstream);
        }
        for (var peer : peers().entrySet()) {
            try (var upstream = idle();
                    RunningProxy proxy = peer.getValue().apply(upstream.port())) {
                ResponseDriver.compare(comparison, peer.getKey(), proxy.port(), upstream);
            }
        }
        assertNeverMostLenient(comparison);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void everyFaultHasItsStatusReasonAndMetric(FaultCase fault) throws Exception {
        try (GatewayUnderTest gateway = gateway()) {
            assertThat(FaultDriver.run(fault, gateway).all()).isEmpty();
        }
    }

    static List<FaultCase> faults() {
        return FaultTable.all();
    }

    private static void assertNeverMostLenient(Comparison comparison) {
        System.out.println(comparison.table());
        assertThat(comparison.mostLenient("carve")).isEmpty();
        assertThat(comparison.lenient("carve"))
                .isLessThanOrEqualTo(comparison.lenient("nginx"))
                .isLessThanOrEqualTo(comparison.lenient("haproxy"));
    }

    private static Map<String, IntFunction<RunningProxy>> peers() {
        Map<String, IntFunction<RunningProxy>> peers = new LinkedHashMap<>();
        peers.put("nginx", Proxies::nginx);
        peers.put("haproxy", Proxies::haproxy);
        return peers;
    }

    /** An upstream whose scripts the driver sets case by case. */
    static ScriptedUpstream idle() {
        return ScriptedUpstream.start(Script.once(new Step.CloseSocket()));
    }

    private static String lines(Map<String, List<String>> wrong) {
        var text = new StringBuilder();
        wrong.forEach((name, differences) ->
                text.append(name).append(": ").append(differences).append('\n'));
        return text.toString();
    }
}
