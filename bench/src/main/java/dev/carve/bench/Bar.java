package dev.carve.bench;

/** What a figure must reach. */
sealed interface Bar {

    /** At most this many times the reference's. */
    record AtMostTimes(double factor) implements Bar {}

    /** At least this many times the reference's. */
    record AtLeastTimes(double factor) implements Bar {}

    /** At most this, in the metric's unit. */
    record AtMost(double value) implements Bar {}

    /** At least this, in the metric's unit. */
    record AtLeast(double value) implements Bar {}

    /** Only told. */
    record Reported() implements Bar {}

    /** Whether it is told as a ratio to the reference. */
    default boolean relative() {
        return switch (this) {
            case AtMostTimes _, AtLeastTimes _ -> true;
            case AtMost _, AtLeast _, Reported _ -> false;
        };
    }

    default String text(String reference, String unit) {
        return switch (this) {
            case AtMostTimes(double factor) -> "≤ " + Numbers.plain(factor) + " × " + reference;
            case AtLeastTimes(double factor) -> "≥ " + Numbers.plain(factor) + " × " + reference;
            case AtMost(double value) -> "≤ " + Numbers.plain(value) + " " + unit;
            case AtLeast(double value) -> "≥ " + Numbers.plain(value) + " " + unit;
            case Reported _ -> "reported";
        };
    }
}
