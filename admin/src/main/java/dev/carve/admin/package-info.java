/**
 * The admin listener: health, readiness, metrics, and the views and commands that modules declare.
 * Start with {@link dev.carve.admin.AdminServer}, whose {@link dev.carve.admin.AdminServer.Parts}
 * are all it knows of the rest.
 *
 * <p>{@code GET /healthz} answers 200 while the process lives; {@code GET /readyz} 200 or 503 with
 * the reason; {@code GET /metrics} the Prometheus text format; {@code GET /api} lists views and
 * commands; {@code GET /api/<view>} and {@code POST /api/<command>} are theirs, with arguments in
 * the query or in a form. Who may do what is decided in one class, {@code Access}.
 *
 * <p>What is not here: the console, and TLS on this listener.
 *
 * <p>Threads: requests arrive on event loops; each call but {@code /healthz} is answered by a
 * virtual thread of its own, a bounded number of them at once; the answer goes out on the loop.
 */
@NullMarked
package dev.carve.admin;

import org.jspecify.annotations.NullMarked;
