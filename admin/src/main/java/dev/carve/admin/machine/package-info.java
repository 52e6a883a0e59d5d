/**
 * What the process takes and what the machine gives it: enough to tell "the machine is short" from
 * "the service is slow". Start with {@link dev.carve.admin.machine.MachineWatch} and {@link
 * dev.carve.admin.machine.ProcessMetrics}. Everything read is optional: a system without a file has
 * no series for it.
 *
 * <p>Threads: one thread of its own samples; any thread but an event loop reads.
 */
@NullMarked
package dev.carve.admin.machine;

import org.jspecify.annotations.NullMarked;
