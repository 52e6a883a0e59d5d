/**
 * Which route a request takes: the matches of the file, their order, and one compact trie per
 * snapshot that finds the route without allocating. Start with {@link
 * dev.carve.gateway.route.RouteMatch} (what the file says), {@link dev.carve.gateway.route.Router}
 * (order, readings of the path) and {@link dev.carve.gateway.route.RouteResult} (what comes out).
 *
 * <p>Threads: a router is immutable and shared by all; a result belongs to the event loop that
 * passes it in.
 */
@NullMarked
package dev.carve.gateway.route;

import org.jspecify.annotations.NullMarked;
