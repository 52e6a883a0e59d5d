package dev.carve.app.terminal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LookTest {

    private static Look look(boolean interactive, Charset charset, Map<String, String> of) {
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, charset);
        return Look.of(interactive, out, of);
    }

    @Test
    void terminalHasColoursAndRedraws() {
        assertThat(look(true, UTF_8, Map.of("TERM", "xterm")))
                .isEqualTo(new Look(true, true, true));
        assertThat(look(true, US_ASCII, Map.of("TERM", "xterm")).unicode()).isFalse();
    }

    @Test
    void fileAndDumbTerminalHaveNeither() {
        Look none = new Look(false, false, true);
        assertThat(look(false, UTF_8, Map.of("TERM", "xterm"))).isEqualTo(none);
        assertThat(look(true, UTF_8, Map.of("TERM", "dumb"))).isEqualTo(none);
        assertThat(look(true, UTF_8, Map.of())).isEqualTo(none);
    }

    @Test
    void noColorTakesTheColoursAloneAndOnlyIfItSaysSomething() {
        assertThat(look(true, UTF_8, Map.of("TERM", "xterm", "NO_COLOR", "1")))
                .isEqualTo(new Look(true, false, true));
        assertThat(look(true, UTF_8, Map.of("TERM", "xterm", "NO_COLOR", "")).colour()).isTrue();
    }

    @Test
    void widthIsWhatTheTerminalTellsElseWhatTheShellDoes() {
        assertThat(Width.read("50 132\n", Map.of())).isEqualTo(new Width(132, 50));
        assertThat(Width.read("", Map.of("COLUMNS", "100"))).isEqualTo(new Width(100, 24));
        assertThat(Width.read("0 0", Map.of())).isEqualTo(new Width(80, 24));
        assertThat(Width.read("5 20", Map.of())).isEqualTo(new Width(60, 5));
        assertThat(Width.read("nonsense", Map.of("COLUMNS", "x"))).isEqualTo(new Width(80, 24));
        assertThat(Width.of(Look.PLAIN, Map.of("COLUMNS", "80"))).isEqualTo(Width.UNBOUNDED);
    }
}
