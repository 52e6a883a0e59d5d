package dev.carve.carving.guard;

/** What the new side is measured by. */
public enum Measure {
    MISMATCHES("mismatches"),
    ERRORS("errors"),
    P50("p50"),
    P95("p95"),
    P99("p99");

    private final String text;

    Measure(String text) {
        this.text = text;
    }

    /** The word in file, log and console. */
    public String text() {
        return text;
    }
}
