package dev.carve.carving.guard;

import java.util.Locale;
import java.util.OptionalLong;

/** What the judges' lines have in common. Stateless; any thread. */
final class Wording {

    private Wording() {}

    static String line(String figures, Verdict verdict, double confidence, OptionalLong missing) {
        return switch (verdict) {
            case BETTER, SAME, WORSE ->
                    figures + ": " + verdict.text() + ", " + percent(confidence) + " sure";
            case NOT_ENOUGH ->
                    figures
                            + ": "
                            + verdict.text()
                            + (missing.isPresent()
                                    ? ", about " + missing.getAsLong() + " requests missing"
                                    : ", no number of requests would do as it stands");
        };
    }

    private static String percent(double share) {
        // Four digits hold the surest verdict; more would be false precision.
        String text = String.format(Locale.ROOT, "%.4f", 100 * share);
        return text.replaceFirst("\\.?0+$", "") + " %";
    }

    /** How many requests the old side gets for one of the new; one where nobody knows. */
    static double oldPerNew(double old, double fresh) {
        return old > 0 && fresh > 0 ? old / fresh : 1;
    }
}
