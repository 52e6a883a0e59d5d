package dev.carve.carving.guard;

/** What the counts say about one measure of the new side. */
public enum Verdict {
    /** Proven to be below the old side. */
    BETTER("better"),
    /** Proven to be within the limit. */
    SAME("same"),
    /** Proven to be beyond the limit. */
    WORSE("worse"),
    /** None of the three is proven yet. */
    NOT_ENOUGH("not enough");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    /** The words in log and console. */
    public String text() {
        return text;
    }
}
