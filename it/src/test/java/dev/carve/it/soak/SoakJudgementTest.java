package dev.carve.it.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.Scrape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the soak can fail: each figure that is wrong is found, and nothing else. */
class SoakJudgementTest {

    private static final String RIGHT =
            """
            # HELP carve_connections_open Client connections open.
            # TYPE carve_connections_open gauge
            carve_connections_open 1
            carve_upstream_connections_open 0
            carve_instance_connections_open{service="origin",instance="127.0.0.1:1"} 0
            carve_tunnels_open 0
            carve_buffered_bytes 0
            carve_requests_in_flight{route="/"} 0
            carve_service_requests_in_flight{service="origin"} 0
            carve_instance_requests_in_flight{service="origin",instance="127.0.0.1:1"} 0
            carve_access_log_dropped_lines_total 0
            carve_accept_failures_total 0
            carve_wire_requests_malformed_total 12
            carve_failures_total{route="",service="",code="bad_request"} 12
            carve_failures_total{route="/",service="origin",code="client_aborted"} 3
            carve_failures_total{route="/",service="origin",code="internal"} 0
            carve_requests_total{route="/",code="2xx"} 40
            carve_requests_total{route="/",code="none"} 2
            carve_request_duration_seconds_count{route="/"} 42
            """;

    @Test
    void nothingIsWrongWithWhatIsRight() {
        assertThat(FiguresAtRest.violations(Scrape.of(RIGHT), 12)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "carve_connections_open",
                "carve_upstream_connections_open",
                "carve_instance_connections_open{service=\"origin\",instance=\"127.0.0.1:1\"}",
                "carve_tunnels_open",
                "carve_buffered_bytes",
                "carve_requests_in_flight{route=\"/\"}",
                "carve_service_requests_in_flight{service=\"origin\"}",
                "carve_instance_requests_in_flight{service=\"origin\",instance=\"127.0.0.1:1\"}",
                "carve_access_log_dropped_lines_total",
                "carve_accept_failures_total",
                "carve_wire_requests_malformed_total",
                "carve_failures_total{route=\"\",service=\"\",code=\"bad_request\"}",
                "carve_failures_total{route=\"/\",service=\"origin\",code=\"internal\"}",
                "carve_request_duration_seconds_count{route=\"/\"}"
            })
    void eachFigureThatIsWrongIsFound(String series) {
        String wrong = RIGHT.replace("\n" + series + " ", "\n" + series + " 7");

        assertThat(FiguresAtRest.violations(Scrape.of(wrong), 12)).hasSize(1);
    }

    @Test
    void figureThatIsMissingIsFound() {
        String without = RIGHT.replace("carve_tunnels_open 0\n", "");

        assertThat(FiguresAtRest.violations(Scrape.of(without), 12))
                .containsExactly("carve_tunnels_open is not told");
    }

    @Test
    void steadyGrowthIsFoundAndABurstIsNot() {
        var steady = new Growth("steady", 100);
        var burst = new Growth("burst", 100);
        var tooShort = new Growth("short", 100);
        for (int i = 0; i < 80; i++) {
            steady.add(1_000 + 6 * i);
            burst.add(i == 75 ? 100_000 : 1_000);
        }
        tooShort.add(1);

        assertThat(steady.violation().orElseThrow()).startsWith("steady grew by 120 KiB");
        assertThat(burst.violation()).isEmpty();
        assertThat(tooShort.violation()).isEmpty();
    }
}
