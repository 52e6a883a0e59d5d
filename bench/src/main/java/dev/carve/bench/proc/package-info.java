/**
 * What Linux tells about processes and the machine in {@code /proc}: processor time, memory, and
 * how much of the machine other programs used. Start with {@link dev.carve.bench.proc.Proc}.
 *
 * <p>Threads: reads only; values are immutable.
 */
@NullMarked
package dev.carve.bench.proc;

import org.jspecify.annotations.NullMarked;
