package dev.carve.it.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.runtime.Clock;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code platform: heroku}: the platform's router gives up after 30 s, so Carve answers before. In
 * a time that is turned by hand.
 */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class HerokuTest {

    private static final String GET = "GET %s HTTP/1.1\r\nHost: h\r\n\r\n";

    private final AtomicLong elapsedNanos = new AtomicLong();

    /** Stands still until it is turned; a loop's alarms still ring by the machine's own time. */
    private final Clock clock =
            new Clock() {
                @Override
                public long nanos() {
                    return elapsedNanos.get();
                }

                @Override
                public Instant now() {
                    return Instant.EPOCH.plusNanos(elapsedNanos.get());
                }
            };

    private static String file(int port) {
        return """
        platform: heroku
        services:
          slow: { urls: [http://127.0.0.1:%1$d], deadline: true }
          woken: { urls: [http://127.0.0.1:%1$d], timeouts: { response: 1ms } }
        routes:
          - { match: /, to: slow }
          - { match: /own, to: slow, timeout: 40s }
          - { match: /wake, to: woken }
        """
                .formatted(port);
    }

    @Test
    void callerGetsCarvesReasonAfter28SecondsAndNotBefore() throws Exception {
        try (var upstream =
                        ScriptedUpstream.start(Script.perRequest(new Step.HoldUntilPeerEnds()));
                var gateway = RunningGateway.start(file(upstream.port()), clock);
                var waking = RawClient.connect(gateway.port());
                var slow = RawClient.connect(gateway.port());
                var own = RawClient.connect(gateway.port())) {
            // Its time-out is due at once by the machine's time, so from now on the loop looks at
            // this clock again and again.
            waking.send(GET.formatted("/wake"));
            upstream.awaitRequests(1);
            slow.send(GET.formatted("/"));
            assertThat(upstream.awaitRequests(2).getLast().head().first("Carve-Timeout"))
                    .contains("28000");
            own.send(GET.formatted("/own"));
            assertThat(upstream.awaitRequests(3).getLast().head().first("Carve-Timeout"))
                    .contains("40000");

            elapsedNanos.addAndGet(Duration.ofMillis(27_900).toNanos());
            assertThat(waking.read().field("Carve-Error")).contains("response_timeout");
            assertThat(slow.staysQuiet(Duration.ofMillis(200))).isTrue();
            elapsedNanos.addAndGet(Duration.ofMillis(200).toNanos());

            RawResponse response = slow.read();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.field("Carve-Error")).contains("deadline_exceeded");
            assertThat(own.staysQuiet(Duration.ofMillis(200))).isTrue();
        }
    }

    @Test
    void withoutThePlatformNothingIsBounded() throws Exception {
        try (var upstream =
                        ScriptedUpstream.start(
                                Script.perRequest(new Step.CloseAfterResponse(200, "")));
                var gateway =
                        RunningGateway.start(
                                file(upstream.port()).replace("platform: heroku\n", ""), clock);
                var client = RawClient.connect(gateway.port())) {
            assertThat(client.send(GET.formatted("/")).read().status()).isEqualTo(200);
            assertThat(upstream.requests().getFirst().head().has("Carve-Timeout")).isFalse();
        }
    }
}
