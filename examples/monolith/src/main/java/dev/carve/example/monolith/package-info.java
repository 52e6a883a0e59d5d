/**
 * The sample monolith: an ordinary application of 2018 with one endpoint for each of the five
 * published systems, each of which leaves it later. Start with {@link
 * dev.carve.example.monolith.Monolith}, then {@link dev.carve.example.monolith.Site}, which lists
 * the endpoints. It knows nothing of Carve.
 *
 * <p>Threads: one application thread runs every handler and owns the database, as the event loop of
 * a Node process does; virtual threads carry HTTP in and out and touch no state.
 */
@NullMarked
package dev.carve.example.monolith;

import org.jspecify.annotations.NullMarked;
