package dev.carve.carving;

import dev.carve.carving.compare.Answer;
import dev.carve.carving.compare.Bounds;
import dev.carve.carving.compare.Comparer;
import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Rules;

/**
 * What one worker thread compares answers with; what comes of it is the observation's {@link
 * Purpose}. That thread only.
 */
final class Comparing implements AutoCloseable {

    private final Comparer comparer = new Comparer(Bounds.DEFAULT);
    private final HeadFields oldFields = new HeadFields();
    private final HeadFields newFields = new HeadFields();

    /** All answers of an observation are there. */
    void compare(Observation of) {
        of.purpose().compare(this, of);
    }

    Comparison compare(Rules rules, Capture old, Capture fresh) {
        return comparer.compare(
                rules,
                answer(old, oldFields.of(old.head())),
                answer(fresh, newFields.of(fresh.head())));
    }

    private static Answer answer(Capture from, HeadFields fields) {
        return new Answer(from.status(), fields, from.body(), 0, from.length(), true);
    }

    @Override
    public void close() {
        comparer.close();
    }
}
