/**
 * What every module stands on: units, clock, failures, the kinds of threads, metric conventions and
 * the life of a process. Start with {@link dev.carve.runtime.Failure} and {@link
 * dev.carve.runtime.Clock}. Knows no protocol and no feature.
 *
 * <p>Threads: values here are immutable unless their class names an owner.
 */
@NullMarked
package dev.carve.runtime;

import org.jspecify.annotations.NullMarked;
