package dev.carve.runtime;

import java.math.BigDecimal;

/**
 * A share of a whole, written as a percentage: {@code 25%}, {@code 0.1%}.
 *
 * @param fraction from 0 to 1
 */
public record Share(double fraction) implements Comparable<Share> {

    /** What a message says was expected. */
    public static final String EXPECTED = "a share from 0% to 100%, such as 25% or 0.1%";

    public Share {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException("share outside 0..1: " + fraction);
        }
    }

    /**
     * Reads a decimal number directly followed by a percent sign.
     *
     * @throws IllegalArgumentException if it is anything else or outside 0 to 100
     */
    public static Share parse(String text) {
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,12})?%")) {
            throw new IllegalArgumentException("no share: " + text);
        }
        BigDecimal percent = new BigDecimal(text.substring(0, text.length() - 1));
        return new Share(percent.movePointLeft(2).doubleValue());
    }

    @Override
    public int compareTo(Share other) {
        return Double.compare(fraction, other.fraction);
    }

    @Override
    public String toString() {
        return BigDecimal.valueOf(fraction).movePointRight(2).stripTrailingZeros().toPlainString()
                + "%";
    }
}
