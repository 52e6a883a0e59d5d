/**
 * How strict the wire is, as data: malformed and ambiguous requests and responses ({@code
 * requests.txt}, {@code responses.txt}), faults of either side at each phase ({@link
 * dev.carve.it.wire.FaultTable}), what Carve makes of each, and what nginx and HAProxy make of the
 * same. Start with {@link dev.carve.it.wire.WireContract} and {@link
 * dev.carve.it.wire.RequestDriver}.
 *
 * <p>Threads: the test's own; every wait has a bound.
 */
@NullMarked
package dev.carve.it.wire;

import org.jspecify.annotations.NullMarked;
