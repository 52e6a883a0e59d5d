package dev.carve.carving.keep;

import org.jspecify.annotations.Nullable;

/** How saving a state went. */
public sealed interface SaveOutcome {

    /**
     * It is kept.
     *
     * @param state with the version that the next change builds on
     */
    record Saved(CarveState state) implements SaveOutcome {}

    /**
     * Somebody else changed it in between; nothing was written.
     *
     * @param kept what the store holds, null if nothing
     */
    record Conflict(@Nullable CarveState kept) implements SaveOutcome {}
}
