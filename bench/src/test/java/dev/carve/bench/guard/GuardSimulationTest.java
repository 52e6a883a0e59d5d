package dev.carve.bench.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A small part of {@code ./dev bench guard}, seeded: what would go badly wrong shows here. */
class GuardSimulationTest {

    private static final long SEED = 5;

    @Test
    void equalSidesAreNotRolledBack() {
        List<Outcome> outcomes =
                IntStream.range(0, 150)
                        .mapToObj(i -> WholeShift.run(GuardCommand.random(SEED, 0, i), 90))
                        .filter(it -> it.measure() != null)
                        .toList();
        // At a true share of one in a thousand, three of 150 come up once in two thousand seeds.
        assertThat(outcomes).hasSizeLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void breaksAreFoundInTime(Fault fault) {
        Break what = new Break(fault, Latency.LOGNORMAL, 0.25, 0);
        long missed =
                IntStream.range(0, 60)
                        .mapToObj(i -> what.run(GuardCommand.random(SEED, 1, i)))
                        .filter(it -> it.measure() == null)
                        .count();
        assertThat(missed).isLessThanOrEqualTo(3);
    }

    @Test
    void sameSeedGivesTheSameFigures() throws InterruptedException {
        assertThat(figures("7")).isEqualTo(figures("7")).contains("whole shifts");
        assertThat(figures("7")).isNotEqualTo(figures("8"));
    }

    private static String figures(String seed) throws InterruptedException {
        return run("--shifts", "2", "--breaks", "1", "--seed", seed)
                // The time it took is no figure.
                .replaceAll("; [0-9]+ s\n", "\n");
    }

    @Test
    void wrongUseIsSaid() throws InterruptedException {
        assertThat(run("--shift", "2"))
                .isEqualTo("bench: guard: \"--shift\" (expected --shifts, --breaks or --seed)\n");
    }

    private static String run(String... args) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            GuardCommand.run(List.of(args), out);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
