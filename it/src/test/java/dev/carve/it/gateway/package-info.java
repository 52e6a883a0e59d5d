/**
 * That the shape of the gateway holds: a call without a socket, two calls of one request, another
 * protocol's head. {@link dev.carve.it.gateway.RunningGateway} is what all behaviour tests start.
 *
 * <p>Threads: the test's own; actions, streams and sinks on event loops.
 */
@NullMarked
package dev.carve.it.gateway;

import org.jspecify.annotations.NullMarked;
