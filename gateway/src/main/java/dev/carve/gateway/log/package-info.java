/**
 * Lines on their way out of the event loops: written into a batch of the loop's own, handed over
 * whole to one writer thread within a bound, dropped and counted beyond it. Start with {@link
 * dev.carve.gateway.log.LogWriter} and {@link dev.carve.gateway.log.LineBuffer}.
 *
 * <p>Threads: a batch belongs to its loop until it is handed over, then to the writer.
 */
@NullMarked
package dev.carve.gateway.log;

import org.jspecify.annotations.NullMarked;
