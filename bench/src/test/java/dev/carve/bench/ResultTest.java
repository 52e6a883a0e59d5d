package dev.carve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.bench.drive.Load;
import dev.carve.bench.drive.Payload;
import dev.carve.bench.drive.Tally;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTest {

    private static final Contender CARVE = new Contender(new NamedPeer("carve"), 1);
    private static final Contender CARVE_TWIN = new Contender(new NamedPeer("carve"), 2);
    private static final Contender HAPROXY = new Contender(new NamedPeer("haproxy"), 1);
    private static final Contender HAPROXY_TWIN = new Contender(new NamedPeer("haproxy"), 2);
    private static final Field FIELD =
            new Field(
                    "carve",
                    "haproxy",
                    List.of(CARVE, CARVE_TWIN, HAPROXY, HAPROXY_TWIN),
                    List.of());
    private static final Figure FIGURE =
            new Figure(
                    "cpu",
                    "CPU",
                    new NotMeasured("only a test"),
                    Metric.CPU_PER_REQUEST,
                    new Bar.AtMostTimes(0.95));

    @Test
    void sevenRoundsGiveARatioASpreadAndAVerdict() throws IOException, InterruptedException {
        Result result = Result.of(FIGURE, rounds(7, Map.of()), FIELD, List.of());

        assertThat(result.verdict()).isEqualTo(Verdict.MET);
        assertThat(result.ratio().orElseThrow().median()).isEqualTo(0.8);
        assertThat(result.spread().orElseThrow().factor()).isBetween(1.01, 1.011);
        assertThat(result.medians())
                .hasEntrySatisfying("carve", median -> assertThat(median.value()).isEqualTo(8));
    }

    @Test
    void fewerThanSevenRoundsGiveNoVerdict() throws IOException, InterruptedException {
        Result result = Result.of(FIGURE, rounds(1, Map.of()), FIELD, List.of());

        assertThat(result.verdict()).isEqualTo(Verdict.REPORTED);
        assertThat(result.notes()).anyMatch(note -> note.contains("no verdict: 1 rounds"));
    }

    @Test
    void wrongAnswersOfTheSubjectMissTheBarHoweverFastTheyWere()
            throws IOException, InterruptedException {
        Rounds rounds = rounds(7, Map.of("carve", "5 answers with a status from 400"));

        Result result = Result.of(FIGURE, rounds, FIELD, List.of());

        assertThat(result.verdict()).isEqualTo(Verdict.MISSED);
        assertThat(result.notes()).contains("carve: 5 answers with a status from 400");
    }

    @Test
    void wrongAnswersOfTheReferenceLeaveNothingToCompareWith()
            throws IOException, InterruptedException {
        Rounds rounds = rounds(7, Map.of("haproxy", "no request was answered"));

        assertThat(Result.of(FIGURE, rounds, FIELD, List.of()).verdict())
                .isEqualTo(Verdict.NOT_RUN);
    }

    @Test
    void aSubjectThatIsNotHereIsNotRunAndTheReasonIsKept()
            throws IOException, InterruptedException {
        Field field =
                new Field(
                        "carve",
                        "haproxy",
                        List.of(HAPROXY, HAPROXY_TWIN),
                        List.of("carve took no part: not built"));
        Rounds rounds =
                Rounds.run(
                        new ScriptedTrial(_ -> ScriptedTrial.window(10, 0)),
                        field.contenders(),
                        RoundsTest.pace(7, 0),
                        _ -> {});

        Result result = Result.of(FIGURE, rounds, field, List.of());

        assertThat(result.verdict()).isEqualTo(Verdict.NOT_RUN);
        assertThat(result.notes()).contains("carve took no part: not built");
        assertThat(result.medians()).containsKey("haproxy");
    }

    @Test
    void answersAreCheckedAgainstWhatTheBackendSaw() {
        Load load = new Load(1, Payload.JSON, 64, Duration.ofSeconds(1), 0);
        Tally fine = new Tally(1000, 300_000, 1, 0, 0, 1, 1, 0);

        assertThat(Gateways.faults(fine, load, 1064, 0, 0)).isEmpty();
        assertThat(Gateways.faults(fine, load, 1065, 0, 0))
                .singleElement()
                .asString()
                .contains("1065");
        assertThat(Gateways.faults(fine, load, 1074, 0, 10)).isEmpty();
        assertThat(Gateways.faults(fine, load, 1075, 0, 10)).hasSize(1);
        assertThat(Gateways.faults(fine, load, 999, 0, 0)).hasSize(1);
        assertThat(Gateways.faults(fine, load, 2128, 1, 0)).isEmpty();
        assertThat(Gateways.faults(fine, load, 2129, 1, 0)).hasSize(1);
        assertThat(Gateways.faults(new Tally(1000, 149_999, 1, 0, 0, 1, 1, 0), load, 1000, 0, 0))
                .hasSize(1);
        assertThat(Gateways.faults(new Tally(1000, 300_000, 1, 2, 3, 1, 1, 0), load, 1000, 0, 0))
                .hasSize(2);
    }

    private static Rounds rounds(int number, Map<String, String> faults)
            throws IOException, InterruptedException {
        ScriptedTrial trial =
                new ScriptedTrial(contender -> {
                    double cpu = contender.peer().name().equals("carve") ? 8 : 10;
                    double twin = contender.instance() == 2 ? cpu * 1.0101 : cpu;
                    String fault = faults.get(contender.label());
                    return fault == null
                            ? ScriptedTrial.window(twin, 0)
                            : ScriptedTrial.window(twin, 0, fault);
                });
        return Rounds.run(trial, FIELD.contenders(), RoundsTest.pace(number, 0), _ -> {});
    }
}
