package dev.carve.it.wire;

import dev.carve.http.Transport;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Carve held against the wire contract, on each transport. */
@ParameterizedClass(name = "{0}")
@EnumSource(Transport.class)
class CarveWireTest extends WireContract {

    private final Transport transport;

    CarveWireTest(Transport transport) {
        this.transport = transport;
    }

    @Override
    protected GatewayUnderTest gateway() {
        Available.require(transport);
        return new CarveUnderTest(transport);
    }
}
