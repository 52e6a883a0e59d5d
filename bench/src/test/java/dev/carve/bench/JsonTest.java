package dev.carve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void valuesAreWrittenWithTheirTypesAndStringsEscaped() {
        assertThat(Json.of(Map.of("a", List.of(1.5, true, "q\"\\\n\u0001µ", Double.NaN))))
                .isEqualTo("{\"a\":[1.5,true,\"q\\\"\\\\\\n\\u0001µ\",null]}");
    }

    @Test
    void numbersArePrintedAlikeEverywhere() {
        assertThat(Numbers.plain(12.0)).isEqualTo("12");
        assertThat(Numbers.plain(0.954)).isEqualTo("0.95");
        assertThat(Numbers.plain(123.45)).isEqualTo("123.5");
        assertThat(Numbers.plain(61_917.4)).isEqualTo("61917");
        assertThat(Numbers.plain(100)).isEqualTo("100");
    }
}
