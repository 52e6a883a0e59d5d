package dev.carve.it.wire;

import java.time.Duration;

/** A gateway that a contract of this package is held against. One test thread. */
interface GatewayUnderTest extends AutoCloseable {

    /**
     * The bounds that the contracts count on.
     *
     * @param connect time to connect to the upstream
     * @param response time to the upstream's response head
     * @param idle time without a byte inside a body, either side
     * @param head time for the client to finish a head
     * @param headBytesMax the largest head of either side
     * @param bodyBytesMax the largest request body
     */
    record Bounds(
            Duration connect,
            Duration response,
            Duration idle,
            Duration head,
            int headBytesMax,
            int bodyBytesMax) {

        /** As a user would leave them, for the corpora: nothing runs out. */
        static final Bounds AMPLE =
                new Bounds(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        64 << 10,
                        16 << 20);

        /** Sizes small enough for a test to exceed them, times that a slow machine keeps to. */
        static final Bounds SMALL =
                new Bounds(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(20),
                        16 << 10,
                        64 << 10);

        /** Between the two: a pause of a few hundred milliseconds is no stall. */
        static final Bounds STEADY =
                new Bounds(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(20),
                        16 << 10,
                        64 << 10);

        /** Short enough for a test to wait for them. */
        static final Bounds SHORT =
                new Bounds(
                        Duration.ofMillis(300),
                        Duration.ofMillis(500),
                        Duration.ofMillis(500),
                        Duration.ofMillis(500),
                        16 << 10,
                        64 << 10);
    }

    /** Starts it with one route, {@code /}, to that port of loopback; returns its own port. */
    int start(int upstreamPort, Bounds bounds) throws Exception;

    /** As above with {@link Bounds#AMPLE}. */
    default int start(int upstreamPort) throws Exception {
        return start(upstreamPort, Bounds.AMPLE);
    }

    /** The text of {@code /metrics} now. */
    String metrics() throws Exception;

    @Override
    void close();
}
