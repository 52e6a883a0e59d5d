/**
 * The programs that are measured and those that they forward to: how each is configured, started on
 * its core, known to be ready, and stopped. Start with {@link dev.carve.bench.peer.Peer} and {@link
 * dev.carve.bench.peer.GatewaySpec}; each configuration says why it is a fair one.
 *
 * <p>Threads: one thread drives everything; a {@link dev.carve.bench.peer.Running} may be closed
 * from a shutdown hook as well.
 */
@NullMarked
package dev.carve.bench.peer;

import org.jspecify.annotations.NullMarked;
