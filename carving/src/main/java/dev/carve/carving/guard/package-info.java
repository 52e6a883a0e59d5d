/**
 * Judging the new side of a carve against its old side from counts of the same minutes: which of
 * mismatches, errors and latency are better, the same or worse, and whether there is enough to say.
 *
 * <p>Threads: loops count into windows of their own, control sums and judges.
 */
@NullMarked
package dev.carve.carving.guard;

import org.jspecify.annotations.NullMarked;
