/**
 * Moving a route from its old side to its new one: who goes where ({@link
 * dev.carve.carving.shift.Split}), and which stage follows which ({@link
 * dev.carve.carving.shift.Shift}), with a ledger line for each change. Nothing here counts, waits
 * or stores: time and verdicts are handed in, and what comes out are records that a store can keep.
 *
 * <p>Threads: all types are immutable or stateless; event loops ask the split, control moves the
 * stages.
 */
@NullMarked
package dev.carve.carving.shift;

import org.jspecify.annotations.NullMarked;
