/**
 * {@code carve demo} as a newcomer runs it.
 *
 * <p>Threads: the test's own.
 */
@NullMarked
package dev.carve.it.demo;

import org.jspecify.annotations.NullMarked;
