package dev.carve.it.wire;

import java.util.List;
import java.util.stream.Stream;

/**
 * Faults as data: each phase, each side, each fault, with what comes of it. Rows whose fault is
 * that time passes run with {@link GatewayUnderTest.Bounds#SHORT}, all others with bounds that a
 * slow machine does not reach. A row may hold a latch: it is run once.
 */
final class FaultTable {

    private FaultTable() {}

    static List<FaultCase> all() {
        return Stream.concat(UpstreamFaults.all(), ClientFaults.all()).toList();
    }
}
