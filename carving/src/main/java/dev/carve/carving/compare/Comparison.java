package dev.carve.carving.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of comparing two answers. Immutable; any thread. */
public sealed interface Comparison {

    /** How far the answers had to be looked at. */
    Way way();

    /** Why that is not the way their type asks for; null if it is. */
    @Nullable Reason reason();

    /** No difference that the rules let count. */
    record Same(Way way, @Nullable Reason reason) implements Comparison {}

    /**
     * At least one difference.
     *
     * @param differences in the order found, one for each place and kind
     * @param more differences that were found past the bound, counted and not kept
     */
    record Different(Way way, @Nullable Reason reason, List<Difference> differences, int more)
            implements Comparison {
        public Different {
            differences = List.copyOf(differences);
        }
    }

    /** Status and headers are the same, the bodies could not be compared. */
    record Skipped(Reason reason) implements Comparison {
        @Override
        public Way way() {
            return Way.NONE;
        }
    }
}
