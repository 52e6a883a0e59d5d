package dev.carve.it.wire;

import dev.carve.http.Transport;

/** Carve held against the wire contract. */
class CarveWireTest extends WireContract {

    @Override
    protected GatewayUnderTest gateway() {
        return new CarveUnderTest(Transport.preferred());
    }
}
