package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.RecordingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Carve says of the host that a client asked for, however the client wrote it. */
@ExtendWith(NoLeaks.class)
class HostPortTest {

    private static final String ROUTES =
            """
            services: {m: "http://127.0.0.1:%d"}
            routes:
            - match: /
              to: m
            - match: /go
              redirect: "https://{host}/gone{query}"
            """;

    private static RawResponse send(RunningGateway gateway, String head) throws Exception {
        try (RawClient client = gateway.client()) {
            return client.send(head.replace("|", "\r\n") + "\r\n\r\n").read();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET {go} HTTP/1.1|Host: shop.test, shop.test",
        "GET {go} HTTP/1.1|Host: shop.test:8080, shop.test:8080",
        "GET {go} HTTP/1.1|Host: [::1]:8080, [::1]:8080",
        "GET {go} HTTP/1.1|Host: http://shop.test:8080, shop.test:8080",
        "GET {go} HTTP/1.1|Host: HTTPS://shop.test, shop.test",
        "GET {go} HTTP/1.1|Host: httpd.test, httpd.test",
        "GET http://shop.test:8080{go} HTTP/1.1|Host: shop.test:8080, shop.test:8080",
        "GET HTTPS://Shop.test{go} HTTP/1.1|Host: shop.test, shop.test",
        "GET http://shop.test:8080{go} HTTP/1.0, shop.test:8080",
        "GET HTTP://[::1]{go} HTTP/1.0, [::1]",
    })
    void hostAndPortAreToldWithoutAScheme(String head, String expected) throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.start(ROUTES.formatted(upstream.port()))) {
            assertThat(send(gateway, head.replace("{go}", "/go?a=b")).field("Location"))
                    .contains("https://" + expected + "/gone?a=b");
            send(gateway, head.replace("{go}", "/forwarded"));
            assertThat(upstream.awaitRequests(1).getFirst().head().all("X-Forwarded-Host"))
                    .containsExactly(expected);
        }
    }

    @Test
    void absoluteTargetThatEndsWithItsHostNamesIt() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.start(ROUTES.formatted(upstream.port()))) {
            send(gateway, "GET http://shop.test?a=b HTTP/1.0");
            send(gateway, "GET http://shop.test HTTP/1.0");
            assertThat(upstream.awaitRequests(2))
                    .allSatisfy(each ->
                            assertThat(each.head().all("X-Forwarded-Host"))
                                    .containsExactly("shop.test"));
        }
    }

    @Test
    void whereNoneIsNamedNothingIsSaid() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.start(ROUTES.formatted(upstream.port()))) {
            send(gateway, "GET /forwarded HTTP/1.0");
            assertThat(upstream.awaitRequests(1).getFirst().head().has("X-Forwarded-Host"))
                    .isFalse();
        }
    }
}
