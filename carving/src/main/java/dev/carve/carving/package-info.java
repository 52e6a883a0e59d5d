/**
 * Takes a route from its old side to its new one while it runs: copies requests, compares answers,
 * moves traffic, and moves it back. Plugs into the gateway through {@link
 * dev.carve.gateway.RouteExtension}; start with {@link dev.carve.carving.Carves}.
 *
 * <p>Threads: a request and its copies belong to the loop of the client's connection; answers are
 * compared on worker threads, to which they go as immutable bytes; {@link dev.carve.carving.Carve}s
 * are judged by control, which publishes each verdict as one volatile {@link
 * dev.carve.carving.Plan}.
 */
@NullMarked
package dev.carve.carving;

import org.jspecify.annotations.NullMarked;
