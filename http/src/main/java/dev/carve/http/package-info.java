/**
 * The wire: one head for all protocols, bodies as chunks without framing, and the two sides of an
 * exchange. Start with {@link dev.carve.http.Head}, {@link dev.carve.http.ServerStream} and {@link
 * dev.carve.http.ResponseSink}. Knows no routes, services or policies.
 *
 * <p>Threads: everything that touches a connection belongs to that connection's event loop; see
 * {@link dev.carve.http.Loop}.
 */
@NullMarked
package dev.carve.http;

import org.jspecify.annotations.NullMarked;
