/**
 * A gateway of its own process under mixed traffic with faults, for as long as wanted. Start with
 * {@link dev.carve.it.soak.Soak}.
 *
 * <p>Threads: a virtual thread for each client; one thread samples.
 */
@NullMarked
package dev.carve.it.soak;

import org.jspecify.annotations.NullMarked;
