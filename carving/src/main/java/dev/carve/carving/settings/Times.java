package dev.carve.carving.settings;

import dev.carve.config.BadValueException;
import java.math.BigDecimal;

/**
 * A ratio of new to old.
 *
 * @param ratio from 1 to 100; infinite for no limit
 */
public record Times(double ratio) {

    /** What a message says was expected. */
    public static final String EXPECTED = "a ratio such as 1.2x, from 1x to 100x, or off";

    private static final String OFF = "off";

    /** Reads {@code 1.2x} or {@code off}. */
    public static Times parse(String text) {
        if (text.equals(OFF)) {
            return new Times(Double.POSITIVE_INFINITY);
        }
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,6})?x")) {
            throw new BadValueException("is no ratio");
        }
        double ratio = Double.parseDouble(text.substring(0, text.length() - 1));
        if (ratio < 1 || ratio > 100) {
            throw new BadValueException("is outside 1x to 100x");
        }
        return new Times(ratio);
    }

    /** Whether there is a limit. */
    public boolean isOn() {
        return Double.isFinite(ratio);
    }

    @Override
    public String toString() {
        if (!isOn()) {
            return OFF;
        }
        return BigDecimal.valueOf(ratio).stripTrailingZeros().toPlainString() + "x";
    }
}
