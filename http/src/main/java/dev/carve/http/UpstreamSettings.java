package dev.carve.http;

import java.time.Duration;

/**
 * How connections to one instance are used.
 *
 * @param connectTimeout to an open connection
 * @param responseTimeout from the last byte of the request to the answer's head
 * @param idleTimeout between two bytes of a body, and of an idle connection
 * @param tunnelTimeout without a byte either way in a tunnel
 * @param idleKept idle connections each loop keeps for the idle time; more are kept only for {@code
 *     excessTimeout}, so that a burst finds them and a prefork server gets its processes back
 * @param excessTimeout see {@code idleKept}
 * @param connections to this instance at once, from all loops
 * @param head bounds on each response head and trailer section
 */
public record UpstreamSettings(
        Duration connectTimeout,
        Duration responseTimeout,
        Duration idleTimeout,
        Duration tunnelTimeout,
        int idleKept,
        Duration excessTimeout,
        int connections,
        HeadLimits head) {

    public static final UpstreamSettings DEFAULT =
            new UpstreamSettings(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(60),
                    Duration.ofHours(1),
                    4,
                    Duration.ofSeconds(2),
                    4096,
                    HeadLimits.DEFAULT);
}
