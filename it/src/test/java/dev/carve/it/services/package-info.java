/**
 * Services whose instances fail, go and come back, seen by clients from outside: {@link
 * dev.carve.it.services.InstanceKillsTest} with real processes, {@link
 * dev.carve.it.services.FaultyInstanceTest} fault by fault.
 *
 * <p>Threads: a test's own, and a virtual one for each client.
 */
@NullMarked
package dev.carve.it.services;

import org.jspecify.annotations.NullMarked;
