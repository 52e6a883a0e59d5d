/**
 * What puts load on a gateway: wrk for saturation, Carve's own generator for a given rate. Both are
 * programs beside the harness, bound to their core. Start with {@link
 * dev.carve.bench.drive.Driver}.
 *
 * <p>Threads: one thread runs one load at a time.
 */
@NullMarked
package dev.carve.bench.drive;

import org.jspecify.annotations.NullMarked;
