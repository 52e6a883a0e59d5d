/**
 * Reloads and stops under load: nothing is lost, nothing is closed.
 *
 * <p>Threads: the test's own, and a virtual thread for each client.
 */
@NullMarked
package dev.carve.it.reload;

import org.jspecify.annotations.NullMarked;
