package dev.carve.carving.shift;

/** What an event came to. */
public sealed interface ShiftAnswer {

    /** The state is another now; the entry says why. */
    record Changed(ShiftState state, LedgerEntry entry) implements ShiftAnswer {}

    /** All stays as it is: not yet, and for this reason. Only looks are answered so. */
    record Waits(String reason) implements ShiftAnswer {}

    /** This cannot be done in this state, and nothing changed. */
    record Refused(String reason) implements ShiftAnswer {}
}
