package dev.carve.bench.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TallyLineTest {

    @Test
    void theTallyIsFoundAmongWhatTheGeneratorSaysForPeople() throws IOException {
        Tally tally =
                TallyLine.parse(
                        """
                        Running 1s test @ http://127.0.0.1:1/json
                        tally requests=1000 bytes=150000 micros=2000000 errors=3 bad=4 p50=51.5 p99=900.0 late=7.5
                        """);

        assertThat(tally).isEqualTo(new Tally(1000, 150_000, 2.0, 3, 4, 51.5, 900, 7.5));
        assertThat(tally.requestsPerSecond()).isEqualTo(500);
    }

    @Test
    void aGeneratorThatSaysNothingUsefulIsQuoted() {
        assertThatThrownBy(() -> TallyLine.parse("unable to connect"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unable to connect");
        assertThatThrownBy(() -> TallyLine.parse("tally requests=1"))
                .hasMessageContaining("no bytes");
    }

    @Test
    void wrkIsNotAskedForARate() {
        Load load = new Load(1, Payload.JSON, 64, Duration.ofSeconds(1), 100);

        assertThatThrownBy(() -> new WrkDriver(Path.of("unused"), "0").start(load))
                .hasMessageContaining("no open loop");
    }
}
