/**
 * Measures Carve beside HAProxy and nginx, in interleaved rounds with identical twins, and says for
 * each promised figure whether it was met, equal, missed or not run. Start with {@link
 * dev.carve.bench.BenchMain}, {@link dev.carve.bench.Figures} (what is promised) and {@link
 * dev.carve.bench.Rounds} (how it is compared).
 *
 * <p>Threads: one thread does everything, so that the harness never competes with what it measures;
 * the gateways, backends and load generators are processes of their own.
 */
@NullMarked
package dev.carve.bench;

import org.jspecify.annotations.NullMarked;
