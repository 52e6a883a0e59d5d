package dev.carve.app;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What came of reloads, for metrics and console.
 *
 * <p>Threads: written by control, read by any.
 */
final class ReloadHistory {

    /**
     * How it stands.
     *
     * @param applied reloads that took effect
     * @param refused reloads that changed nothing
     * @param last the latest one, null before the first
     * @param at when that was, null before the first
     */
    record View(long applied, long refused, @Nullable ReloadResult last, @Nullable Instant at) {}

    // Written by control, read by any.
    private volatile View view = new View(0, 0, null, null);

    void add(ReloadResult result, Instant now) {
        View before = view;
        boolean applied = result instanceof ReloadResult.Applied;
        view =
                new View(
                        before.applied() + (applied ? 1 : 0),
                        before.refused() + (applied ? 0 : 1),
                        result,
                        now);
    }

    View view() {
        return view;
    }
}
