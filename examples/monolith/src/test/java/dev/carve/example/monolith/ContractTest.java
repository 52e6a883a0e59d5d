package dev.carve.example.monolith;

import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the contract against one monolith, freshly started. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ContractTest {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable URI server;

    /** Starts a monolith with {@link Contract#ROWS} rows. */
    abstract URI start() throws Exception;

    abstract void stop() throws Exception;

    @BeforeAll
    void startServer() throws Exception {
        server = start();
    }

    @AfterAll
    void stopServer() throws Exception {
        client.close();
        stop();
    }

    static List<ContractCase> cases() {
        return Contract.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersAsTheContractSays(ContractCase given) throws Exception {
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        given.check(client, server);
    }
}
