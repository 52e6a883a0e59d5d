package dev.carve.app.demo;

import dev.carve.app.demo.Table.Row;
import java.time.Duration;

/**
 * The measurement that the demo repeats, as its author published it in 2018: a monolith on Node
 * under 20 requests a second for 10 s, on a machine of its own.
 */
final class Published {

    static final double ARRIVALS = 20;
    static final Duration LASTING = Duration.ofSeconds(10);

    static final Row SMALL = new Row("published, 2018", 20.04, 26.5, 27.1, 28, 30.1, 37.5);
    static final Row LARGE =
            new Row("published, 2018", 4.64, 232.7, 16351.4, 31296.4, 32614.5, 32857.7);

    /** The large ones once the monolith called the service. */
    static final Row CARVED = new Row("published, 2018", 19.14, 42.9, 44.3, 46.2, 54, 56.4);

    /** One request of 1,000,000 and of 10,000,000 numbers with no other in its way. */
    static final double SMALL_MILLIS = 26.5;

    static final double LARGE_MILLIS = 232.7;

    /** How many times what the thread can do arrived of the large ones. */
    static final double OVERLOAD = ARRIVALS * LARGE_MILLIS / 1000;

    /** What going through one more service cost at the median. */
    static final double HOP_MILLIS = 1.7;

    private Published() {}
}
