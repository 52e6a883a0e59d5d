/**
 * How modules declare what they count. A module names its {@link dev.carve.runtime.metrics.Metric}
 * constants once and hands out a {@link dev.carve.runtime.metrics.MetricSource}; whoever shows
 * metrics gives it a {@link dev.carve.runtime.metrics.MetricSink}. Counting itself stays with the
 * module, in whatever costs least there.
 *
 * <p>Names begin with {@code carve_}, end with their unit ({@code _seconds}, {@code _bytes}) and,
 * for counters, {@code _total}; label values are bounded sets.
 *
 * <p>Threads: sources are asked by any thread but an event loop, several at once; sinks belong to
 * the thread that asks.
 */
@NullMarked
package dev.carve.runtime.metrics;

import org.jspecify.annotations.NullMarked;
