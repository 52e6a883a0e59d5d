package dev.carve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OctetsTest {

    @Test
    void escapesAreReadAndWrittenBack() {
        Octets octets = Octets.parse("a\\r\\n\\t\\0\\\\\\xff\\{bc\\n*2}");
        assertThat(octets).isEqualTo(Octets.of("a\r\n\t\0\\\u00ffbc\nbc\n"));
        assertThat(Octets.parse(octets.escaped())).isEqualTo(octets);
    }

    @Test
    void aWrongEscapeNamesItsPlace() {
        assertThatThrownBy(() -> Octets.parse("ab\\q"))
                .hasMessageContaining("character 3")
                .hasMessageContaining("\\xHH");
        assertThatThrownBy(() -> Octets.parse("\\x4")).hasMessageContaining("two hexadecimal");
        assertThatThrownBy(() -> Octets.parse("\\{a}")).hasMessageContaining("repetition");
    }

    @Test
    void aManualClockMovesOnlyByHandAndAcrossTheOverflow() {
        var clock = new ManualClock();
        long before = clock.nanos();
        assertThat(clock.nanos()).isEqualTo(before);
        clock.advance(Duration.ofSeconds(5));
        assertThat(clock.nanos() - before).isEqualTo(5_000_000_000L);
        assertThat(clock.nanos()).isNegative();
        assertThat(clock.now()).isEqualTo("2026-01-01T00:00:05Z");
    }
}
