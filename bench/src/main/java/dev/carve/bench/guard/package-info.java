/**
 * How often the guard of a carve is wrong, by simulation: whole shifts with equal sides that must
 * not be rolled back, and breaks that must be found in time. The guard and its counters are the
 * real ones; traffic, time and faults are drawn from a seed. Start with {@link
 * dev.carve.bench.guard.GuardCommand}.
 *
 * <p>Threads: each trial is one task of a pool and shares nothing.
 */
@NullMarked
package dev.carve.bench.guard;

import org.jspecify.annotations.NullMarked;
