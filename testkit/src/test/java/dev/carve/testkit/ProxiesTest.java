package dev.carve.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ProxiesTest {

    @Test
    void nginxForwardsOverKeptConnectionsAndEnds() throws IOException {
        assertForwards(Proxies::nginx);
    }

    @Test
    void haproxyForwardsOverKeptConnectionsAndEnds() throws IOException {
        assertForwards(Proxies::haproxy);
    }

    private static void assertForwards(IntFunction<RunningProxy> start) throws IOException {
        try (var upstream = RecordingUpstream.start()) {
            int port;
            try (RunningProxy proxy = start.apply(upstream.port())) {
                port = proxy.port();
                for (int i = 0; i < 3; i++) {
                    try (var client = RawClient.connect(port)) {
                        client.send("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i));
                        assertThat(client.read().bodyText()).isEqualTo(RecordingUpstream.BODY);
                    }
                }
            }
            assertThat(upstream.requests())
                    .extracting(RecordedRequest::target)
                    .containsExactly("/0", "/1", "/2");
            // A proxy that has not put a connection back yet may open a second one.
            assertThat(upstream.connections()).hasSizeLessThan(3);
            assertThat(Ports.accepts(port)).isFalse();
        }
    }

    @Test
    void aMissingProgramSkipsByNameOrFailsWhereAllAreRequired() {
        assertThat(OutsidePrograms.find("no-such-program")).isEmpty();
        assertThatThrownBy(() -> OutsidePrograms.require("squid", Optional.empty(), false))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("\"squid\"");
        assertThatThrownBy(() -> OutsidePrograms.require("squid", Optional.empty(), true))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("\"squid\"");
    }
}
