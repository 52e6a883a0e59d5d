package dev.carve.runtime.metrics;

/** Where a source tells its values. The thread that collects; valid during the collection only. */
public interface MetricSink {

    /**
     * One series of a counter or gauge.
     *
     * @param labelValues in the order of the metric's label names
     * @throws IllegalArgumentException if the metric is a histogram or the labels do not fit it
     */
    void value(Metric metric, double value, String... labelValues);

    /**
     * One series of a histogram.
     *
     * @param labelValues in the order of the metric's label names
     * @throws IllegalArgumentException if the metric is no histogram or the labels do not fit it
     */
    void histogram(Metric metric, Distribution distribution, String... labelValues);
}
