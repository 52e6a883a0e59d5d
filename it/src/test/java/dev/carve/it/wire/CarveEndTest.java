package dev.carve.it.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.http.Transport;
import dev.carve.it.gateway.Scrape;
import dev.carve.testkit.IncompleteMessageException;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is still under way when the grace of a stop is over and the loops end: each request is
 * counted as what became of it, and no gauge stays up.
 */
@ExtendWith(NoLeaks.class)
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
class CarveEndTest {

    private static final String GET = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String FILE =
            """
            services: { upstream: "http://127.0.0.1:%d" }
            routes: [{ match: /, name: all, to: upstream }]
            """;

    private final Transport transport;

    CarveEndTest(Transport transport) {
        this.transport = transport;
    }

    private static void assertNothingUnderWay(Scrape after) {
        for (String gauge :
                new String[] {
                    "carve_requests_in_flight",
                    "carve_service_requests_in_flight",
                    "carve_instance_requests_in_flight",
                    "carve_instance_connections_open",
                    "carve_upstream_connections_open",
                    "carve_connections_open",
                    "carve_buffered_bytes"
                }) {
            assertThat(after.has(gauge)).as("there is %s", gauge).isTrue();
            assertThat(after.sum(gauge)).as(gauge).isZero();
        }
    }

    @Test
    void requestWithoutAnAnswerIsCountedAsRefused() throws Exception {
        Available.require(transport);
        try (var upstream = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var carve = new CarveUnderTest(transport);
                var client = RawClient.connect(carve.start(FILE.formatted(upstream.port())))) {
            carve.metrics();
            client.send(GET);
            upstream.awaitRequests(1);

            carve.loops().close();

            RawResponse answer = client.read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.field("Carve-Error")).contains("shutting_down");
            Scrape after = Scrape.of(carve.metrics());
            assertThat(after.count("carve_requests_total", "route=\"all\"", "code=\"5xx\""))
                    .isEqualTo(1);
            assertThat(after.count("carve_requests_total")).isEqualTo(1);
            assertThat(after.count("carve_request_duration_seconds_count")).isEqualTo(1);
            assertThat(after.values("carve_failures_total", "code"))
                    .containsExactly("shutting_down");
            assertThat(after.count("carve_failures_total")).isEqualTo(1);
            assertThat(after.count("carve_service_requests_total")).isEqualTo(1);
            assertNothingUnderWay(after);
        }
    }

    @Test
    void answerThatIsCutIsCountedUnderItsStatusAndAsAFailure() throws Exception {
        Available.require(transport);
        String begun = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab";
        try (var upstream =
                        ScriptedUpstream.start(
                                Script.perRequest(new Step.Respond(begun), new Step.Stall()));
                var carve = new CarveUnderTest(transport);
                var client = RawClient.connect(carve.start(FILE.formatted(upstream.port())))) {
            carve.metrics();
            client.send(GET).awaitBytes();

            carve.loops().close();

            assertThatThrownBy(client::read).isInstanceOf(IncompleteMessageException.class);
            Scrape after = Scrape.of(carve.metrics());
            assertThat(after.count("carve_requests_total", "route=\"all\"", "code=\"2xx\""))
                    .isEqualTo(1);
            assertThat(after.count("carve_requests_total")).isEqualTo(1);
            assertThat(after.values("carve_failures_total", "code"))
                    .containsExactly("shutting_down");
            assertThat(after.count("carve_failures_total")).isEqualTo(1);
            assertThat(after.count("carve_service_requests_total")).isEqualTo(1);
            assertNothingUnderWay(after);
        }
    }
}
