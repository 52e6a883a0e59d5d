/**
 * Valid messages, broken at random and sent through a live gateway. Start with {@link
 * dev.carve.it.fuzz.FuzzTest}; {@link dev.carve.it.fuzz.Mutator} says what is done to them.
 *
 * <p>Threads: the test's own; the upstream has one for each connection.
 */
@NullMarked
package dev.carve.it.fuzz;

import org.jspecify.annotations.NullMarked;
