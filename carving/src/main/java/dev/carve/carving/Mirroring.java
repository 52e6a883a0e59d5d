package dev.carve.carving;

import dev.carve.carving.compare.Rules;
import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Side;

/**
 * Live traffic that is copied to the other side: all of it is evidence. One of a carve; loops count
 * here, workers compare.
 */
final class Mirroring implements Purpose {

    private final Carve carve;

    Mirroring(Carve carve) {
        this.carve = carve;
    }

    @Override
    public void sent(int loop) {
        carve.counts().on(loop).mirrored();
    }

    @Override
    public void ended(int loop, Side side, Ending ending, long nanos) {
        carve.counts().tally().on(loop).record(side, ending, nanos);
    }

    @Override
    public void gaveUp(Observation of, Skip why) {
        carve.counts().on(of.loop().number()).skipped(why);
    }

    @Override
    public void compare(Comparing by, Observation of) {
        Rules rules = carve.rules();
        Capture twin = of.twin();
        if (twin != null) {
            carve.findings().noise(by.compare(rules, of.oldAnswer(), twin));
        }
        carve.found(of, by.compare(rules, of.oldAnswer(), of.newAnswer()));
    }
}
