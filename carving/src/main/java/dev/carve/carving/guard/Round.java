package dev.carve.carving.guard;

import dev.carve.carving.guard.Tally.Totals;

/**
 * One block of time, to be judged.
 *
 * @param block what was counted in it
 * @param alone whether the old side was asked nothing in it and the reference stands in
 * @param cold whether the new side is still given time to warm up
 */
record Round(Totals block, Reference reference, boolean alone, boolean cold) {}
