package dev.carve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.bench.drive.WrkDriver;
import dev.carve.bench.proc.Proc;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MicroTest {

    private final Stand stand =
            new Stand(
                    Path.of("unused"),
                    Placement.TWO_CORES,
                    Pace.QUICK,
                    new Proc(),
                    new WrkDriver(Path.of("unused"), "1"),
                    _ -> {});

    @Test
    void aBenchmarkOfThisBuildRunsAndHasAScore() throws IOException {
        Micro baseline = new Micro("BaselineBenchmark.everyByteOnce", "", "");

        assertThat(baseline.missing(stand)).isEmpty();
        assertThat(baseline.score(stand)).isPositive();
    }

    @Test
    void aBenchmarkThatIsNotInThisBuildIsMissingByName() {
        assertThat(new Micro("AbsentBenchmark.run", "", "").missing(stand).orElseThrow())
                .contains("AbsentBenchmark");
    }
}
