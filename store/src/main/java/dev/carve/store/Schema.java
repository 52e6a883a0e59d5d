package dev.carve.store;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The tables of one feature, as the steps that led to them. A step that was ever published is never
 * changed; a new one is added behind it.
 *
 * @param name of the feature, snake case; its tables begin with it
 * @param steps numbered from 1 without a gap
 */
public record Schema(String name, List<Step> steps) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

    /**
     * One step.
     *
     * @param number as recorded in the database
     * @param sqlite statements for SQLite, run in this order in one transaction with all other
     *     steps that are due
     */
    public record Step(int number, List<String> sqlite) {

        public Step {
            sqlite = List.copyOf(sqlite);
        }

        public Step(int number, String... sqlite) {
            this(number, List.of(sqlite));
        }
    }

    public Schema {
        steps = List.copyOf(steps);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "schema \"" + name + "\" (expected: a-z, then a-z, 0-9 or _)");
        }
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).number() != i + 1) {
                throw new IllegalArgumentException(
                        "schema %s: step %d (expected: %d)"
                                .formatted(name, steps.get(i).number(), i + 1));
            }
        }
    }

    /** The number of the last step, 0 if there is none. */
    int number() {
        return steps.size();
    }
}
