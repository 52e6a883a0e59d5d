package dev.carve.runtime.metrics;

/**
 * Something that has counted. Asked at each scrape, by any thread but an event loop, possibly by
 * several at once; must not wait.
 */
@FunctionalInterface
public interface MetricSource {

    /** Tells every series that it has at this moment; series never counted are left out. */
    void collect(MetricSink sink);
}
