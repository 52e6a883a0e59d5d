/**
 * The service that {@code POST /Count} moves to when it leaves the sample monolith: the same
 * contract over plain HTTP, with the work spread over the cores. Start with {@link
 * dev.carve.example.count.CountService}.
 *
 * <p>Threads: a virtual thread for each request's bytes, a bounded pool for the work.
 */
@NullMarked
package dev.carve.example.count;

import org.jspecify.annotations.NullMarked;
