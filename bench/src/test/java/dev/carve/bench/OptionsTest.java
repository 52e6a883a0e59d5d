package dev.carve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void withoutArgumentsEveryFigureRunsAtFullPace() {
        Options options = Options.parse(List.of());

        assertThat(options.figures()).isEqualTo(Figures.ALL);
        assertThat(options.pace()).isEqualTo(Pace.FULL);
        assertThat(Pace.FULL.rounds()).isGreaterThanOrEqualTo(7);
    }

    @Test
    void rowsRoundsAndQuickAreRead() {
        Options options = Options.parse(List.of("logs", "--rounds", "3", "--quick", "idle"));

        assertThat(options.figures()).extracting(Figure::id).containsExactly("logs", "idle");
        assertThat(options.pace().rounds()).isEqualTo(3);
        assertThat(options.pace().window()).isEqualTo(Pace.QUICK.window());
    }

    @Test
    void whatIsWrongIsNamedWithWhatWasExpected() {
        assertThatThrownBy(() -> Options.parse(List.of("speed")))
                .hasMessageContaining("\"speed\" is no row")
                .hasMessageContaining("equal-work");
        assertThatThrownBy(() -> Options.parse(List.of("--rounds", "0")))
                .hasMessageContaining("--rounds: \"0\"");
        assertThatThrownBy(() -> Options.parse(List.of("--rounds")))
                .hasMessageContaining("--rounds has no value");
    }

    @Test
    void carveIsLookedForBesideItsLauncher() {
        assertThat(Options.root("/some/where/carve")).isEqualTo(Path.of("/some/where"));
        assertThat(Options.root(null)).isEqualTo(Path.of(""));
    }

    @Test
    void everyFigureHasAnIdOfItsOwn() {
        assertThat(Figures.ALL).extracting(Figure::id).doesNotHaveDuplicates();
    }
}
