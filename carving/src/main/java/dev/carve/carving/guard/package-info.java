/**
 * Judging the new side of a carve against its old side from counts of the same minutes: which of
 * mismatches, errors and latency are better, the same or worse, and whether there is enough to say.
 * Start with {@link dev.carve.carving.guard.Guard} (what is asked), {@link
 * dev.carve.carving.guard.Tally} (what it counts) and {@link dev.carve.carving.guard.LabelBet} (the
 * statistics that errors and latency share). {@link dev.carve.carving.guard.Refusals} is the short
 * way for a new side that is not there at all.
 *
 * <p>Threads: loops count into counters of their own, control sums and judges.
 */
@NullMarked
package dev.carve.carving.guard;

import org.jspecify.annotations.NullMarked;
