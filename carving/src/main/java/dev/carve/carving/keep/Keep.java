package dev.carve.carving.keep;

import dev.carve.runtime.Clock;
import dev.carve.runtime.metrics.MetricSink;
import dev.carve.runtime.metrics.MetricSource;
import dev.carve.store.Schema;
import dev.carve.store.Session;
import dev.carve.store.Store;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * All that carving keeps, over one store. Lives as long as the store; closing the store closes it,
 * after a last {@link Ledger#flush}. Any thread but an event loop.
 */
public final class Keep implements MetricSource {

    private final Store store;
    private final CarveStates states;
    private final Ledger ledger;
    private final Differences differences;
    private final Noise noise;

    /**
     * Over a store that was opened with {@link #schema}.
     *
     * @param random names ledger entries
     */
    public Keep(Store store, KeepBounds bounds, Clock clock, RandomGenerator random) {
        this.store = store;
        states = new CarveStates(store);
        ledger = new Ledger(store, bounds.ledger(), clock, random);
        differences = new Differences(store, bounds.differences(), clock);
        noise = new Noise(store, bounds.noisePathsMax());
    }

    /** The tables that the store must have. */
    public static Schema schema() {
        return KeepSchema.SCHEMA;
    }

    public CarveStates states() {
        return states;
    }

    public Ledger ledger() {
        return ledger;
    }

    public Differences differences() {
        return differences;
    }

    public Noise noise() {
        return noise;
    }

    /** Forgets a carve, but for the ledger; true if anything was kept of it. */
    public CompletableFuture<Boolean> forget(CarveKey carve) {
        return store.submit(session -> forget(session, carve));
    }

    private static boolean forget(Session session, CarveKey carve) {
        int deleted = 0;
        for (String table : new String[] {"state", "difference", "noise"}) {
            deleted +=
                    session.update(
                            "DELETE FROM carving_" + table + " WHERE route = ? AND fingerprint = ?",
                            carve.route(),
                            carve.fingerprint());
        }
        return deleted > 0;
    }

    @Override
    public void collect(MetricSink sink) {
        ledger.collect(sink);
        differences.collect(sink);
    }
}
