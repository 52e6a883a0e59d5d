package dev.carve.runtime.admin;

import java.util.Map;

/**
 * Something to read, shown at {@code GET /api/<name>}.
 *
 * @param name snake case or with hyphens, unique in the process
 * @param doc one sentence for the list of views
 * @param content changes nothing
 */
public record AdminView(String name, String doc, Content content) {

    /** Makes the answer. */
    @FunctionalInterface
    public interface Content {

        /**
         * A tree of records, maps, lists, text, numbers, booleans, durations, instants and enums;
         * null stands for absent.
         *
         * @param arguments by name, as the caller gave them
         * @throws BadArgumentException if an argument is missing or wrong
         */
        Object read(Map<String, String> arguments);
    }

    public AdminView {
        AdminNames.check(name);
    }
}
