/**
 * Express's own test suite with every test server behind Carve. Start with {@link
 * dev.carve.it.express.ExpressProof}.
 *
 * <p>Threads: the test's own; the action runs on event loops.
 */
@NullMarked
package dev.carve.it.express;

import org.jspecify.annotations.NullMarked;
