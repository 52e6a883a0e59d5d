package dev.carve.app;

import dev.carve.config.Diff;
import dev.carve.config.Loaded;
import java.util.List;
import java.util.Map;

/**
 * What differs between two configurations.
 *
 * @param before the one in use
 * @param after the one to be
 * @param changes between the two, no secrets
 * @param fixed settings that no file changes, and what fixed them; not among the changes
 */
record RunningDiff(
        Loaded before, Loaded after, List<Diff.Change> changes, Map<String, String> fixed) {}
