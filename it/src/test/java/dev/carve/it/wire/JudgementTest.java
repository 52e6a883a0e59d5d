package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.testkit.RecordingUpstream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That the corpora are what they claim, and that the drivers see faults where there are some. */
class JudgementTest {

    @Test
    void theCorporaAreLargeAndTheirNamesUnique() {
        assertThat(RequestCase.all()).hasSizeGreaterThanOrEqualTo(150);
        assertThat(RequestCase.all()).extracting(RequestCase::name).doesNotHaveDuplicates();
        assertThat(ResponseCase.all()).hasSizeGreaterThanOrEqualTo(40);
        assertThat(ResponseCase.all()).extracting(ResponseCase::name).doesNotHaveDuplicates();
        assertThat(FaultTable.all()).extracting(FaultCase::name).doesNotHaveDuplicates();
    }

    /** Without the harmless ones that only look like them. */
    @Test
    void atLeast120MessagesAreMalformedOrAmbiguous() {
        assertThat(RequestCase.all())
                .filteredOn(asked -> !asked.refusal().isEmpty())
                .hasSizeGreaterThanOrEqualTo(120);
        assertThat(ResponseCase.all())
                .filteredOn(asked -> !(asked.expected() instanceof ResponseCase.Expected.Relayed))
                .hasSizeGreaterThanOrEqualTo(40);
    }

    @Test
    void everyPhaseHasFaultsOfEachSideThatCanFailThere() {
        for (FaultCase.Phase phase : FaultCase.Phase.values()) {
            assertThat(FaultTable.all()).anyMatch(f -> f.phase() == phase);
        }
        for (FaultCase.Side side : FaultCase.Side.values()) {
            assertThat(FaultTable.all()).filteredOn(f -> f.side() == side).hasSizeGreaterThan(20);
        }
    }

    @Test
    void aNaiveGatewayIsFoundOutOnEveryCount() throws Exception {
        Map<String, Leniency> found = new LinkedHashMap<>();
        Map<String, List<String>> differences = new LinkedHashMap<>();
        try (var upstream = RecordingUpstream.start();
                var gateway = new NaiveGateway()) {
            var driver = new RequestDriver(gateway.start(upstream.port()), upstream);
            List<String> names =
                    List.of(
                            "pipeline-of-two",
                            "both-lengths",
                            "length-on-get",
                            "coding-on-options",
                            "lines-end-in-line-feed",
                            "target-absolute-against-host",
                            "host-twice-different",
                            "version-1.2",
                            "host-with-path",
                            "length-lied-too-short");
            for (RequestCase asked : RequestCase.all()) {
                if (names.contains(asked.name())) {
                    Observation seen = driver.run(asked);
                    found.put(asked.name(), Leniency.of(asked, seen));
                    differences.put(asked.name(), RequestCorpus.differences(asked, seen));
                }
            }
        }
        System.out.println(found);
        assertThat(found)
                .containsEntry("pipeline-of-two", Leniency.NONE)
                .containsEntry("length-lied-too-short", Leniency.NONE)
                .containsEntry("length-on-get", Leniency.SMUGGLED)
                .containsEntry("lines-end-in-line-feed", Leniency.AMBIGUOUS)
                .containsEntry("target-absolute-against-host", Leniency.AMBIGUOUS)
                .containsEntry("host-twice-different", Leniency.AMBIGUOUS)
                .containsEntry("host-with-path", Leniency.REPAIRED);
        assertThat(found.get("both-lengths")).isNotNull().matches(Leniency::lenient);
        assertThat(found.get("coding-on-options")).isNotNull().matches(Leniency::lenient);
        assertThat(differences.get("pipeline-of-two")).isEmpty();
        assertThat(differences.get("length-on-get")).isNotEmpty();
        assertThat(differences.get("host-with-path")).isNotEmpty();
    }

    @Test
    void theMostLenientIsWhoStandsAloneAboveAllOthers() {
        var comparison = new Comparison();
        comparison.expect("one", "");
        comparison.expect("two", "");
        comparison.expect("three", "");
        add(comparison, "carve", Leniency.REPAIRED, Leniency.AMBIGUOUS, Leniency.EDITED);
        add(comparison, "nginx", Leniency.NONE, Leniency.AMBIGUOUS, Leniency.NONE);
        add(comparison, "haproxy", Leniency.NONE, Leniency.NONE, Leniency.NONE);
        assertThat(comparison.mostLenient("carve")).containsExactly("one");
        assertThat(comparison.mostLenient("nginx")).isEmpty();
        assertThat(comparison.lenient("carve")).isEqualTo(2);
        assertThat(comparison.table()).contains("most lenient on");
    }

    private static void add(
            Comparison comparison, String gateway, Leniency one, Leniency two, Leniency three) {
        comparison.add(gateway, "one", new Comparison.Outcome(one, ""));
        comparison.add(gateway, "two", new Comparison.Outcome(two, ""));
        comparison.add(gateway, "three", new Comparison.Outcome(three, ""));
    }

    @Test
    void failuresAreToldApartByRouteServiceAndCode() {
        assertThat(
                        FaultDriver.failures(
                                """
                                # TYPE carve_failures_total counter
                                carve_failures_total{route="/",service="a",code="bad_request"} 2
                                carve_failures_total{route="/b",service="",code="bad_request"} 1.0
                                carve_failures_total{code="connect_refused",route="/",service="a"} 4
                                carve_other_total{code="bad_request"} 9
                                """))
                .isEqualTo(
                        Map.of(
                                failed("/", "a", "bad_request"),
                                2.0,
                                failed("/b", "", "bad_request"),
                                1.0,
                                failed("/", "a", "connect_refused"),
                                4.0));
    }

    private static FaultDriver.Failed failed(String route, String service, String code) {
        return new FaultDriver.Failed(new FaultCase.Counted(route, service), code);
    }

    @Test
    void aWrongLineOfACorpusNamesItsPlace() {
        var line = new CorpusReader.Line(7, "forwrad", "x");
        assertThatThrownBy(
                        () -> {
                            throw line.wrong("requests.txt", "forward");
                        })
                .hasMessage("requests.txt:7: \"forwrad x\" (expected: forward)");
    }
}
