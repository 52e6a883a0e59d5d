/**
 * What {@code carve load} says, against what the server and another load generator say.
 *
 * <p>Threads: the test's own; the generators are processes.
 */
@NullMarked
package dev.carve.it.load;

import org.jspecify.annotations.NullMarked;
