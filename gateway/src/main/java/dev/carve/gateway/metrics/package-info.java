/**
 * Counts of the data plane: per event loop, without barriers, summed by whoever asks. Start with
 * {@link dev.carve.gateway.metrics.TrafficMetrics}.
 *
 * <p>Threads: each event loop writes its own slots; any thread reads.
 */
@NullMarked
package dev.carve.gateway.metrics;

import org.jspecify.annotations.NullMarked;
