package dev.carve.bench.guard;

import dev.carve.carving.guard.Measure;

/** What goes wrong with the new side, and how long the guard may take to see it. */
enum Fault {
    ERRORS("30 % errors", 5, Measure.ERRORS),
    /** Every answer takes twice as long. */
    SLOW("p95 doubled (all answers twice as slow)", 15, Measure.P95),
    /** One in ten answers waits for twice the old 95th percentile: a lock, a cold cache. */
    SLOW_TAIL("p95 doubled (one in ten waits)", 15, Measure.P95),
    MISMATCHES("1 % mismatches", 30, Measure.MISMATCHES);

    private final String text;
    private final int seconds;
    private final Measure measure;

    Fault(String text, int seconds, Measure measure) {
        this.text = text;
        this.seconds = seconds;
        this.measure = measure;
    }

    String text() {
        return text;
    }

    int seconds() {
        return seconds;
    }

    Measure measure() {
        return measure;
    }
}
