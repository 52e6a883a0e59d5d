/**
 * What protects a service from its clients and the clients from a service: each class one mechanism
 * with its bound, free of sockets and of the file's records, time passed in. Start with {@link
 * dev.carve.gateway.protect.Window} (what the others judge by), {@link
 * dev.carve.gateway.protect.Breaker} and {@link dev.carve.gateway.protect.Limit}.
 *
 * <p>Threads: event loops count and ask without locks; control turns each mechanism every 100 ms
 * and publishes its verdict as one volatile.
 */
@NullMarked
package dev.carve.gateway.protect;

import org.jspecify.annotations.NullMarked;
