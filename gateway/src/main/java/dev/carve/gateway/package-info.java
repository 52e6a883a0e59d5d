/**
 * What happens to a request between the client's side and the services' side: exchange and call,
 * the order of the phases, policies, actions. Start with {@link dev.carve.gateway.Gateway}, {@link
 * dev.carve.gateway.Exchange} and {@link dev.carve.gateway.Action}.
 *
 * <p>Threads: an exchange and its calls belong to the event loop of the client's connection;
 * control builds snapshots and keeps the registry.
 */
@NullMarked
package dev.carve.gateway;

import org.jspecify.annotations.NullMarked;
