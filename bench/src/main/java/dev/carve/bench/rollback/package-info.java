/**
 * How long it takes from a break of the new side to the roll-back, with everything real: the
 * gateway as a process of its own, sockets, the guard's own clock. Start with {@link
 * dev.carve.bench.rollback.RollbackCommand}; how often the guard is wrong is simulated in {@code
 * dev.carve.bench.guard}.
 *
 * <p>Threads: a virtual one for each connection of a side and for each lane's pace; the command's
 * own asks the gateway where the carves stand.
 */
@NullMarked
package dev.carve.bench.rollback;

import org.jspecify.annotations.NullMarked;
