package dev.carve.example.monolith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

    @Test
    void noOptionsGiveTheDefaults() {
        assertThat(parse("", Map.of())).isEqualTo(MonolithOptions.defaults());
    }

    @Test
    void portComesFromTheEnvironmentUnlessAFlagNamesIt() {
        assertThat(parse("", Map.of("PORT", "4000")).port()).isEqualTo(4000);
        assertThat(parse("--port 5000", Map.of("PORT", "4000")).port()).isEqualTo(5000);
    }

    @Test
    void everyOptionIsRead() {
        String all =
                "--port=0 --host 0.0.0.0 --data a.db --rows 5 --cpu-turns=6 --queue 7 --prepare";
        assertThat(parse(all, Map.of()))
                .isEqualTo(new MonolithOptions("0.0.0.0", 0, Path.of("a.db"), 5, 6, 7, true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port x | --port: \"x\" (expected: a whole number)",
                "--port 65536 | port: 65536 (expected: 0 to 65535)",
                "--rows 0 | rows: 0 (expected: 1 to 100000000)",
                "--rows | --rows: \"\" (expected: a whole number)",
                "--data | --data: no value (expected: one after it)",
                "--prot 1 | --prot: unknown option (expected: --port, --host, --data, --rows, --cpu-turns, --queue or --prepare)",
            })
    void wrongOptionIsNamedWithWhatWasExpected(String line, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(line, Map.of()))
                .withMessage(message);
    }

    private static MonolithOptions parse(String line, Map<String, String> environment) {
        return CommandLine.parse(line.isEmpty() ? new String[0] : line.split(" ", -1), environment);
    }
}
