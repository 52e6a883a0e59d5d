package dev.carve.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.runtime.metrics.Distribution;
import dev.carve.runtime.metrics.Metric;
import org.junit.jupiter.api.Test;

class ExpositionTest {

    private static final Metric REQUESTS =
            Metric.counter("carve_test_total", "Back\\slash\nand line.", "route", "code");
    private static final Metric OPEN = Metric.gauge("carve_test_open", "Open.");
    private static final Metric TOOK = Metric.histogram("carve_test_seconds", "Took.", "route");

    private final Exposition exposition = new Exposition();

    private PrometheusText read() {
        return PrometheusText.read(exposition.text());
    }

    @Test
    void seriesToldInAnyOrderStandInOneGroupPerMetric() {
        exposition.value(REQUESTS, 1, "a", "2xx");
        exposition.value(OPEN, 2.5);
        exposition.value(REQUESTS, 3, "b", "2xx");

        PrometheusText read = read();
        assertThat(read.value("carve_test_total{route=\"a\",code=\"2xx\"}")).isEqualTo(1);
        assertThat(read.value("carve_test_total{route=\"b\",code=\"2xx\"}")).isEqualTo(3);
        assertThat(read.value("carve_test_open")).isEqualTo(2.5);
        assertThat(read.type("carve_test_total")).isEqualTo("counter");
        assertThat(read.type("carve_test_open")).isEqualTo("gauge");
    }

    @Test
    void labelValuesSurviveQuotesBackslashesAndLines() {
        exposition.value(REQUESTS, 1, "say \"hi\"\\\n{},= é", "2xx");

        assertThat(read().has("carve_test_total{route=\"say \"hi\"\\\n{},= é\",code=\"2xx\"}"))
                .isTrue();
    }

    @Test
    void bucketsAreCumulativeAndEndAtInfinity() {
        exposition.histogram(
                TOOK,
                new Distribution(new double[] {6.4e-5, 1.5, 67}, new long[] {1, 2, 3, 4}, 99.5),
                "a");

        PrometheusText read = read();
        assertThat(read.type("carve_test_seconds")).isEqualTo("histogram");
        assertThat(read.value("carve_test_seconds_bucket{route=\"a\",le=\"6.4E-5\"}")).isEqualTo(1);
        assertThat(read.value("carve_test_seconds_bucket{route=\"a\",le=\"1.5\"}")).isEqualTo(3);
        assertThat(read.value("carve_test_seconds_bucket{route=\"a\",le=\"67\"}")).isEqualTo(6);
        assertThat(read.value("carve_test_seconds_bucket{route=\"a\",le=\"+Inf\"}")).isEqualTo(10);
        assertThat(read.value("carve_test_seconds_sum{route=\"a\"}")).isEqualTo(99.5);
        assertThat(read.value("carve_test_seconds_count{route=\"a\"}")).isEqualTo(10);
    }

    @Test
    void labelsThatDoNotFitTheDeclarationAreRefused() {
        assertThatThrownBy(() -> exposition.value(REQUESTS, 1, "a"))
                .hasMessageContaining("carve_test_total");
        assertThatThrownBy(() -> Metric.counter("carve_bytes", "No total."))
                .hasMessageContaining("_total");
    }
}
