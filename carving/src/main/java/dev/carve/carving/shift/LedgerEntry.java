package dev.carve.carving.shift;

import java.time.Instant;
import java.util.List;

/**
 * One change of a carve, to be kept.
 *
 * @param by who or what brought it about
 * @param reason lower case, for a person
 * @param figures the guard's lines of that moment
 */
public record LedgerEntry(
        Instant at,
        String by,
        ShiftState from,
        ShiftState to,
        String reason,
        List<String> figures) {

    public LedgerEntry {
        figures = List.copyOf(figures);
    }
}
