package dev.carve.http;

import org.junit.jupiter.api.Assumptions;

/** What this system can run; the rest is skipped by name. Stateless. */
final class Available {

    private Available() {}

    /** Skips the test where the system refuses that transport, as many containers do io_uring. */
    static void require(Transport transport) {
        Assumptions.assumeTrue(
                transport.isAvailable(), () -> "platform: this system refuses " + transport);
    }
}
