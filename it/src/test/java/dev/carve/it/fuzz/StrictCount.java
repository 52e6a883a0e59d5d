package dev.carve.it.fuzz;

import dev.carve.testkit.Octets;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RecordedConnection;
import dev.carve.testkit.RecordingUpstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** How many requests the test kit's strict reader finds in bytes, with no gateway between. */
final class StrictCount {

    private static final String EMPTY_LINE = "empty line in place of a start line";

    private StrictCount() {}

    static int of(Octets message) {
        try (var upstream = RecordingUpstream.start();
                var client = RawClient.connect(upstream.port()).within(Duration.ofSeconds(20))) {
            try {
                client.send(message);
                client.halfClose();
                client.readToEnd();
            } catch (IOException e) {
                // the reader met something malformed and closed
            }
            upstream.awaitConnections(1);
            upstream.awaitNoOpenConnections();
            RecordedConnection seen = upstream.connections().getFirst();
            // RFC 9112 section 2.2 lets a server skip empty lines before a request; the kit does
            // not, and goes on behind it here.
            boolean skip = seen.problem().filter(EMPTY_LINE::equals).isPresent();
            return seen.requests() + (skip ? of(seen.leftover()) : 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
