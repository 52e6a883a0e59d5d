/**
 * What the file says of the gateway, as records: listeners, limits, services, routes. No behaviour;
 * the runtime is built from these. Start with {@link dev.carve.gateway.settings.GatewayBlocks}.
 *
 * <p>Threads: immutable.
 */
@NullMarked
package dev.carve.gateway.settings;

import org.jspecify.annotations.NullMarked;
