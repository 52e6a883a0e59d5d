package dev.carve.carving.guard;

import java.util.List;

/** What the guard says about the step as a whole. */
public sealed interface Advice {

    /** Every binding measure is the same or better: the step may end. */
    record Pass() implements Advice {}

    /**
     * Stay.
     *
     * @param reasons one for each measure that is not proven yet
     */
    record Hold(List<String> reasons) implements Advice {

        public Hold {
            reasons = List.copyOf(reasons);
        }
    }

    /** Back to the old side. */
    record RollBack(String reason) implements Advice {}
}
