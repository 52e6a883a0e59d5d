package dev.carve.carving.guard;

import java.util.OptionalLong;

/**
 * The three questions about one measure, each with evidence of its own: does the new side exceed
 * the limit since some moment, is it within the limit since the step began, is it better since
 * then.
 *
 * <p>Control only.
 */
final class Weighing {

    /** Same and better are said at 95 %: the stake that proves them. */
    static final double PROOF = 20;

    final Evidence worse;
    final Evidence within;
    final Evidence better;
    private final double alarm;
    private boolean alarmed;

    /**
     * Makes one.
     *
     * @param alarm the stake that proves the new side worse
     */
    Weighing(Evidence worse, Evidence within, Evidence better, double alarm) {
        this.worse = worse;
        this.within = within;
        this.better = better;
        this.alarm = alarm;
    }

    void begin() {
        worse.begin();
        within.begin();
        better.begin();
        alarmed = false;
    }

    /**
     * A block was added. What was worse stays so until it is proven to be within the limit since
     * then, which matters where nothing is rolled back: while a route is only mirrored.
     */
    void settle() {
        if (worse.reaches(alarm)) {
            begin();
            alarmed = true;
        } else if (alarmed && within.reaches(PROOF)) {
            alarmed = false;
        }
    }

    boolean alarmed() {
        return alarmed;
    }

    Verdict verdict() {
        if (alarmed) {
            return Verdict.WORSE;
        }
        if (better.reaches(PROOF)) {
            return Verdict.BETTER;
        }
        return within.reaches(PROOF) ? Verdict.SAME : Verdict.NOT_ENOUGH;
    }

    double confidence() {
        return switch (verdict()) {
            case WORSE -> 1 - 1 / alarm;
            case BETTER, SAME -> 1 - 1 / PROOF;
            case NOT_ENOUGH -> 0;
        };
    }

    /** How many requests prove it within the limit, if each grows the bets' stakes like that. */
    OptionalLong missing(double... growth) {
        double fewest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < growth.length; i++) {
            if (growth[i] > 0) {
                double lacking = Math.log(PROOF * within.bets()) - within.log(i);
                fewest = Math.min(fewest, Math.max(1, lacking / growth[i]));
            }
        }
        return Double.isInfinite(fewest)
                ? OptionalLong.empty()
                : OptionalLong.of((long) Math.ceil(fewest));
    }
}
