package dev.carve.bench;

import dev.carve.bench.stats.Spread;

/** What a figure came to. */
enum Verdict {
    MET("met"),
    /** Not to be told from the reference, and the bar admits the reference itself. */
    EQUAL("equal"),
    MISSED("MISSED"),
    REPORTED("reported"),
    NOT_RUN("not run");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /**
     * Judges a ratio to the reference. One inside the spread counts as one: neither an advantage
     * nor a fault is read out of it, so it cannot meet a bar that demands a difference.
     */
    static Verdict ofRatio(double ratio, Spread spread, Bar bar) {
        boolean equal = spread.covers(ratio);
        double counted = equal ? 1 : ratio;
        return switch (bar) {
            case Bar.AtMostTimes(double factor) -> judged(counted <= factor, equal);
            case Bar.AtLeastTimes(double factor) -> judged(counted >= factor, equal);
            case Bar.Reported _ -> REPORTED;
            case Bar.AtMost _, Bar.AtLeast _ ->
                    throw new IllegalArgumentException(
                            bar + " against a ratio (expected a bar that is a ratio)");
        };
    }

    static Verdict ofValue(double value, Bar.AtMost bar) {
        return value <= bar.value() ? MET : MISSED;
    }

    static Verdict ofValue(double value, Bar.AtLeast bar) {
        return value >= bar.value() ? MET : MISSED;
    }

    private static Verdict judged(boolean reached, boolean equal) {
        if (!reached) {
            return MISSED;
        }
        return equal ? EQUAL : MET;
    }
}
