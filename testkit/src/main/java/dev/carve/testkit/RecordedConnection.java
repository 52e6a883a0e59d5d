package dev.carve.testkit;

import java.util.Optional;

/**
 * What is known of a connection to a scripted upstream at the moment of asking.
 *
 * @param number its number, from 0
 * @param requests how many whole requests were read from it
 * @param open whether the upstream still holds it open
 * @param resetByPeer whether the peer ended it by RST
 * @param problem why its bytes were no strict request, if they were not
 * @param incomplete the bytes of a request that had begun but not ended when it was closed
 * @param leftover the bytes received and not read as part of any request
 * @param bytesReceived how many bytes were received in all
 * @param bytesUnclaimed how many of them belong to no whole request
 */
public record RecordedConnection(
        int number,
        int requests,
        boolean open,
        boolean resetByPeer,
        Optional<String> problem,
        Octets incomplete,
        Octets leftover,
        long bytesReceived,
        long bytesUnclaimed) {}
