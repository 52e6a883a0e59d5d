/**
 * The access log of a process: every request has its line, in order, and no secret is in it.
 *
 * <p>Threads: the test's own, and a virtual thread for each client.
 */
@NullMarked
package dev.carve.it.log;

import org.jspecify.annotations.NullMarked;
