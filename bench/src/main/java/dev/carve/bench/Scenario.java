package dev.carve.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A way of measuring. A value: two equal scenarios are the same run. */
interface Scenario {

    String name();

    /** Why it cannot run on this stand; empty when it can. */
    Optional<String> missing(Stand stand);

    /** Who is measured. */
    default Roster roster() {
        return Roster.EVERYBODY;
    }

    /** How long this one takes, if not as long as {@code usual}. */
    default Pace pace(Pace usual) {
        return usual;
    }

    /** Starts and warms what lives through all rounds. */
    Trial open(Stand stand, List<Contender> contenders) throws IOException, InterruptedException;

    /** An opened scenario. Closing it stops all that it started. */
    interface Trial extends AutoCloseable {

        /** Measures one contender once, while the others are idle. */
        Window measure(Contender contender) throws IOException, InterruptedException;

        /** What a reader must know to read the figures: conditions that turned out at run time. */
        default List<String> remarks() {
            return List.of();
        }

        @Override
        void close();
    }
}
