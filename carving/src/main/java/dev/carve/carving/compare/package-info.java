/**
 * Comparing two answers to one request: by structure where they are JSON, by value where they hold
 * numbers, by bytes else; and telling noise from difference.
 *
 * <p>Start at {@link dev.carve.carving.compare.Comparer}, which takes two answers and {@link
 * dev.carve.carving.compare.Rules} and says at which places they differ; then {@link
 * dev.carve.carving.compare.Noise}, which counts such places and says which of them the new side is
 * to blame for.
 *
 * <p>Threads: everything here runs on worker threads and owns nothing that loops touch. A comparer
 * belongs to one worker; rules and results are immutable; noise takes a short lock.
 */
@NullMarked
package dev.carve.carving.compare;

import org.jspecify.annotations.NullMarked;
