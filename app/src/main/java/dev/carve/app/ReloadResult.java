package dev.carve.app;

import java.util.List;

/** What came of a reload. */
sealed interface ReloadResult {

    /** The new configuration is in use; the notes tell what of it waits for a restart. */
    record Applied(List<String> changes, List<String> notes) implements ReloadResult {
        public Applied {
            changes = List.copyOf(changes);
            notes = List.copyOf(notes);
        }
    }

    /** Nothing changed, for these reasons. */
    record Refused(List<String> problems) implements ReloadResult {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
