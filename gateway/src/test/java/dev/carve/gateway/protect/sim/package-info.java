/**
 * Clients, a gateway and a service in virtual time, to see what protection does to a whole system.
 * Start with {@link dev.carve.gateway.protect.sim.StormTest}.
 *
 * <p>Threads: one; the same seed gives the same run.
 */
@NullMarked
package dev.carve.gateway.protect.sim;

import org.jspecify.annotations.NullMarked;
