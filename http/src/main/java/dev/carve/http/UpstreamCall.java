package dev.carve.http;

/**
 * One attempt at an upstream, from sending the request to the end of the answer.
 *
 * <p>Thread: the loop of the exchange.
 */
public interface UpstreamCall {

    /**
     * Sends the request; the sink is told everything that follows, ending with {@code end} or
     * {@code failed}, unless {@link #cancel} comes first. At most once per call.
     */
    void send(UpstreamRequest request, ResponseSink sink);

    /** Nobody wants the answer any more: the connection is closed, the sink is told nothing. */
    void cancel();

    /** Whether the connection had carried a call before, so that its loss may be a coincidence. */
    boolean isReused();

    /** After 101: takes the client's bytes of the other protocol from here. */
    void tunnelFrom(BodySource client);

    /** Bytes received from the upstream during this call. */
    long bytesReceived();

    /** When the connection was ready, in the loop's nanoseconds; 0 before. */
    long connectedNanos();
}
