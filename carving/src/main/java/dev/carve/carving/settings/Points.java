package dev.carve.carving.settings;

import dev.carve.config.BadValueException;
import dev.carve.runtime.Share;

/**
 * Percentage points above something.
 *
 * @param above from 0 to 1
 */
public record Points(double above) {

    /** What a message says was expected. */
    public static final String EXPECTED = "percentage points up to +50%, such as +0.5%";

    /** Reads {@code +0.5%}. */
    public static Points parse(String text) {
        if (!text.startsWith("+")) {
            throw new BadValueException("does not begin with +");
        }
        return new Points(Share.parse(text.substring(1)).fraction());
    }

    @Override
    public String toString() {
        return "+" + new Share(above);
    }
}
