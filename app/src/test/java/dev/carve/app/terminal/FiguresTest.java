package dev.carve.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void latencyHasTheUnitThatFits() {
        assertThat(Figures.latency(0)).isEqualTo("0");
        assertThat(Figures.latency(0.00034)).isEqualTo("340us");
        assertThat(Figures.latency(0.00123)).isEqualTo("1.2ms");
        assertThat(Figures.latency(0.0123)).isEqualTo("12ms");
        assertThat(Figures.latency(1.5)).isEqualTo("1.5s");
        assertThat(Figures.latency(75)).isEqualTo("75s");
    }

    @Test
    void shareIsNeverZeroForSomethingNorWholeForLess() {
        assertThat(Figures.share(0)).isEqualTo("0%");
        assertThat(Figures.share(0.00001)).isEqualTo("<0.01%");
        assertThat(Figures.share(0.0012)).isEqualTo("0.12%");
        assertThat(Figures.share(0.051)).isEqualTo("5.1%");
        assertThat(Figures.share(0.5)).isEqualTo("50%");
        assertThat(Figures.share(0.9999)).isEqualTo(">99%");
        assertThat(Figures.share(1)).isEqualTo("100%");
    }

    @Test
    void ageIsRoughOnceItIsLong() {
        assertThat(Figures.age(4.9)).isEqualTo("4s");
        assertThat(Figures.age(119)).isEqualTo("119s");
        assertThat(Figures.age(120)).isEqualTo("2m");
        assertThat(Figures.age(7200)).isEqualTo("2h");
        assertThat(Figures.age(3 * 86_400 + 5)).isEqualTo("3d");
        assertThat(Figures.age(-1)).isEqualTo("0s");
    }

    @Test
    void rateHasADecimalOnlyWhereItMatters() {
        assertThat(Figures.rate(0)).isEqualTo("0");
        assertThat(Figures.rate(0.52)).isEqualTo("0.5");
        assertThat(Figures.rate(1240.4)).isEqualTo("1,240");
    }
}
