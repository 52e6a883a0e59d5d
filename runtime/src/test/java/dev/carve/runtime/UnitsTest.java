package dev.carve.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {

    @ParameterizedTest
    @CsvSource({"0B,0", "512B,512", "64KiB,65536", "32MiB,33554432", "2GiB,2147483648"})
    void sizeReadsAndPrintsItsUnit(String text, long bytes) {
        assertThat(Size.parse(text).bytes()).isEqualTo(bytes);
        assertThat(Size.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "KiB", "-1B", "1.5MiB", "5 KiB", "9999999TiB", "1KB"})
    void sizeWithoutAKnownUnitIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Size.parse(text));
    }

    @Test
    void sizePrintsTheLargestWholeUnit() {
        assertThat(new Size(1536)).hasToString("1536B");
        assertThat(Size.ofKiB(2048)).hasToString("2MiB");
    }

    @ParameterizedTest
    @CsvSource({"0%,0", "25%,0.25", "0.1%,0.001", "100%,1"})
    void shareIsAPercentage(String text, double fraction) {
        assertThat(Share.parse(text).fraction()).isEqualTo(fraction);
        assertThat(Share.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "5", "-1%", "101%", "1e2%", "+5%"})
    void shareOutsideOrWithoutPercentIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Share.parse(text));
    }
}
