package dev.carve.carving.compare;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * How far two numbers may lie apart and still count as the same: by a distance, or by a share of
 * the larger of both, so that it does not matter which side is which.
 *
 * <p>Implementation note: doubles decide wherever they are far enough from the limit to be sure;
 * what lies on it is computed exactly, so that 1.01 is within 0.01 of 1.00.
 *
 * @param share whether {@code amount} is a share
 * @param amount at least 0
 * @param approximate the amount again
 */
record Tolerance(boolean share, BigDecimal amount, double approximate) {

    /** Relative error that doubles may have gathered, with much to spare. */
    private static final double SLACK = 1e-12;

    /** Below it a number may have lost digits on its way into a double. */
    private static final double SURE_LEAST = 1e-280;

    private static final String EXPECTED = "a share such as 0.5% or a distance such as 0.01";

    /**
     * Reads {@code 0.5%} or {@code 0.01}.
     *
     * @throws BadRule if it is neither
     */
    static Tolerance parse(String key, String text) {
        boolean share = text.endsWith("%");
        String number = share ? text.substring(0, text.length() - 1) : text;
        if (!number.matches("[0-9]{1,15}(\\.[0-9]{1,15})?")) {
            throw new BadRule(key, text, "is no tolerance", EXPECTED);
        }
        BigDecimal amount = new BigDecimal(number);
        if (share) {
            if (amount.compareTo(BigDecimal.valueOf(100)) > 0) {
                throw new BadRule(key, text, "is more than everything", EXPECTED);
            }
            amount = amount.movePointLeft(2);
        }
        return new Tolerance(share, amount, amount.doubleValue());
    }

    /** Whether two numbers that are not the same are near enough. */
    boolean covers(Decimal one, Decimal other) {
        double x = one.approximate();
        double y = other.approximate();
        double larger = Math.max(Math.abs(x), Math.abs(y));
        double distance = Math.abs(x - y);
        double limit = share ? approximate * larger : approximate;
        double slack = SLACK * Math.max(larger, limit);
        if (larger > SURE_LEAST && larger < Double.MAX_VALUE) {
            if (distance < limit - slack) {
                return true;
            }
            if (distance > limit + slack) {
                return false;
            }
        }
        BigDecimal exactOne = one.exact();
        BigDecimal exactOther = other.exact();
        return exactOne != null && exactOther != null && covers(exactOne, exactOther);
    }

    /** Whether two numbers are near enough; both of few digits and small exponents. */
    boolean covers(BigDecimal one, BigDecimal other) {
        BigDecimal limit = share ? amount.multiply(one.abs().max(other.abs())) : amount;
        return one.subtract(other).abs().compareTo(limit) <= 0;
    }

    /** A number found in a text; null if it is none, or would take too long. */
    static @Nullable BigDecimal number(String text, int from, int to) {
        if (to - from > Decimal.CHARS_MAX) {
            return null;
        }
        try {
            BigDecimal number = new BigDecimal(text.substring(from, to));
            return Math.abs((long) number.scale()) > Decimal.SCALE_MAX ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
