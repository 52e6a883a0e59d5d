/**
 * What a handful of interleaved rounds can honestly say: medians, intervals from order statistics
 * and paired ratios. Start with {@link dev.carve.bench.stats.Paired}.
 *
 * <p>Threads: pure functions and immutable values.
 */
@NullMarked
package dev.carve.bench.stats;

import org.jspecify.annotations.NullMarked;
