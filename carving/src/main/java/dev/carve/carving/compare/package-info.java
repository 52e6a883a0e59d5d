/**
 * Comparing two answers to one request: by structure where they are JSON, by value where they hold
 * numbers, by bytes else; and telling noise from difference.
 *
 * <p>Threads: everything here runs on worker threads and owns nothing that loops touch.
 */
@NullMarked
package dev.carve.carving.compare;

import org.jspecify.annotations.NullMarked;
