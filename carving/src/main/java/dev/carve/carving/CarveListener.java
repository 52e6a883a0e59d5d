package dev.carve.carving;

import dev.carve.carving.compare.Comparison;
import dev.carve.carving.shift.LedgerEntry;

/** Hears what becomes of one carve. */
interface CarveListener {

    /** It changed, and the change is in effect; control. */
    void changed(LedgerEntry entry);

    /** Two answers differ in a way that speaks against the new side; a worker. */
    void differing(Observation of, Comparison.Different found);
}
