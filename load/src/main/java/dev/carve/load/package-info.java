/**
 * The open-loop load generator: requests leave at the instants that a schedule names, whatever the
 * server does, and each latency counts from that instant, so that a stalled server shows in the
 * percentiles instead of slowing its own measurement. Start with {@link dev.carve.load.LoadPlan}
 * (what to send), {@link dev.carve.load.LoadRun} (sending it) and {@link dev.carve.load.LoadReport}
 * (what came of it).
 *
 * <p>Threads: each event loop owns its connections and its tally; one control thread per run takes
 * the tallies over once a second and calls the listener. Everything else is immutable.
 */
@NullMarked
package dev.carve.load;

import org.jspecify.annotations.NullMarked;
