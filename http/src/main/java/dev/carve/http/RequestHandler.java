package dev.carve.http;

/** Who answers requests: the gateway, the admin API, a test. */
public interface RequestHandler {

    /**
     * A request's head is complete. Called on the connection's event loop, once per exchange; the
     * handler owns the exchange until it calls {@link ServerStream#release}.
     */
    void handle(ServerStream stream);
}
