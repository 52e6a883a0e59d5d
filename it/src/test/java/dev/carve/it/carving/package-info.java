/**
 * Carves in a gateway that is a process of its own.
 *
 * <p>Threads: one test thread.
 */
@NullMarked
package dev.carve.it.carving;

import org.jspecify.annotations.NullMarked;
