package dev.carve.bench.drive;

import java.io.IOException;
import java.util.Optional;

/** Runs one load to its end. */
public interface Driver {

    /** Why it cannot run here; empty when it can. */
    Optional<String> missing();

    /** Starts it without waiting. */
    Ongoing start(Load load) throws IOException;

    default Tally run(Load load) throws IOException, InterruptedException {
        try (Ongoing ongoing = start(load)) {
            return ongoing.await();
        }
    }

    /** A load under way. Closing it early ends it. */
    interface Ongoing extends AutoCloseable {

        long pid();

        /**
         * Waits for the load's end or the instant of {@link System#nanoTime}; false when it ended.
         */
        boolean aliveAt(long nanos) throws InterruptedException;

        Tally await() throws IOException, InterruptedException;

        @Override
        void close();
    }
}
