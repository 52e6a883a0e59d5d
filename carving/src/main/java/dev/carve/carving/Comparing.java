package dev.carve.carving;

import dev.carve.carving.compare.Answer;
import dev.carve.carving.compare.Bounds;
import dev.carve.carving.compare.Comparer;
import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Rules;

/**
 * What one worker thread does with observations: compares the sides' answers, and the old side's
 * two, and tells the carve. That thread only.
 */
final class Comparing implements AutoCloseable {

    private final Comparer comparer = new Comparer(Bounds.DEFAULT);
    private final HeadFields oldFields = new HeadFields();
    private final HeadFields newFields = new HeadFields();

    void compare(Observation of) {
        Carve carve = of.carve();
        Rules rules = carve.rules();
        Capture twin = of.twin();
        if (twin != null) {
            carve.findings().noise(compare(rules, of.oldAnswer(), twin));
        }
        Comparison found = compare(rules, of.oldAnswer(), of.newAnswer());
        carve.found(of, found);
    }

    private Comparison compare(Rules rules, Capture old, Capture fresh) {
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
