package dev.carve.bench.rollback;

/** What goes wrong with a new side, and how soon it must be taken back. */
enum Trouble {
    ERRORS("30 % errors", 50, 5, 250),
    SLOW("p95 doubled (all answers twice as slow)", 50, 15, 750),
    SLOW_TAIL("p95 doubled (one answer in ten waits)", 50, 15, 750),
    MISMATCHES("1 % mismatches", 50, 30, 1_500),
    REFUSED("new side refuses connections", 5, 1, 5);

    private final String text;
    private final int rate;
    private final int seconds;
    private final int requests;

    Trouble(String text, int rate, int seconds, int requests) {
        this.text = text;
        this.rate = rate;
        this.seconds = seconds;
        this.requests = requests;
    }

    String text() {
        return text;
    }

    /** Requests a second at each side. */
    int rate() {
        return rate;
    }

    /**
     * The share of errors at both sides before. None where answers are compared: an error of one
     * side alone is a mismatch, and this many of them are beyond the limit.
     */
    double errors() {
        return this == MISMATCHES ? 0 : 0.01;
    }

    /** The bar. */
    int seconds() {
        return seconds;
    }

    /** The bar in requests at the new side, in comparisons for mismatches. */
    int requests() {
        return requests;
    }
}
