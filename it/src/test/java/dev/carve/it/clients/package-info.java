/**
 * Clients that people use, each direct and through Carve with equal results.
 *
 * <p>Threads: the test's own, and a virtual thread for each connection of an upstream.
 */
@NullMarked
package dev.carve.it.clients;

import org.jspecify.annotations.NullMarked;
