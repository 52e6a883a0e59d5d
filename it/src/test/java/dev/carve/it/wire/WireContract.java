package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
