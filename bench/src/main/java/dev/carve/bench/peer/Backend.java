package dev.carve.bench.peer;

import java.io.IOException;
import java.util.List;

/**
 * What the gateways forward to. It counts, so that a gateway cannot be credited with requests it
 * invented.
 */
public interface Backend extends AutoCloseable {

    int port();

    /** How many requests have arrived so far, those of {@link #requests} itself not counted. */
    long requests() throws IOException, InterruptedException;

    /** The processes that serve. */
    List<Long> family();

    Running running();

    @Override
    void close();
}
