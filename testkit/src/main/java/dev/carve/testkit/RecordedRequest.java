package dev.carve.testkit;

/**
 * A whole request as a strict reader saw it at the upstream.
 *
 * @param connection the number of its connection, from 0
 * @param index its place on that connection, from 0
 * @param method the method
 * @param target the request target, byte for byte as ISO-8859-1
 * @param version {@code HTTP/1.0} or {@code HTTP/1.1}
 * @param head the head as it came
 * @param body the body, its framing taken off
 * @param excess the bytes already received past its end: what the sender would have the upstream
 *     take for a further request
 */
public record RecordedRequest(
        int connection,
        int index,
        String method,
        String target,
        String version,
        Head head,
        Body body,
        Octets excess) {}
