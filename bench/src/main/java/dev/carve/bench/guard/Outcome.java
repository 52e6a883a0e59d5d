package dev.carve.bench.guard;

import dev.carve.carving.guard.Measure;
import org.jspecify.annotations.Nullable;

/**
 * How a trial ended.
 *
 * @param measure what was rolled back for, null if nothing was
 * @param seconds when: into the shift, or after the fault
 * @param requests of the new side until then: since the step began, or since the fault
 * @param held the steps that did not have enough to pass when their time was over
 */
record Outcome(@Nullable Measure measure, double seconds, long requests, int held) {}
