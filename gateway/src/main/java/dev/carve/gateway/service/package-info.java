/**
 * What stands behind a route: services, their instances, and which one the next call goes to. Start
 * with {@link dev.carve.gateway.service.Service}.
 *
 * <p>Threads: made by control; picked from and counted on by every event loop.
 */
@NullMarked
package dev.carve.gateway.service;

import org.jspecify.annotations.NullMarked;
