package dev.carve.example.monolith;

import java.net.URI;
import org.jspecify.annotations.Nullable;

class JavaMonolithContractTest extends ContractTest {

    private @Nullable Monolith monolith;

    @Override
    URI start() {
        monolith =
                Monolith.start(
                        MonolithOptions.defaults()
                                .withPort(0)
                                .withRows(Contract.ROWS)
                                .withCpuTurns(1000));
        return monolith.uri();
    }

    @Override
    void stop() {
        if (monolith != null) {
            monolith.close();
        }
    }
}
