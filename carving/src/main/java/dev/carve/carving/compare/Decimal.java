package dev.carve.carving.compare;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A number of JSON read as what it is, a decimal: 1, 1.0 and 1e0 are one number, 0 and -0 too, and
 * 9007199254740993 is not 9007199254740992. Up to 18 significant digits it is held as a long and an
 * exponent; of a longer one the digits are walked where they stand. Nothing is rounded.
 *
 * <p>A number whose exponent has more than 15 digits is only equal to the same bytes.
 *
 * <p>Threads: owned by one comparer, which reads into it again and again.
 */
final class Decimal {

    private static final int LONG_DIGITS = 18;
    private static final long EXPONENT_MAX = 1_000_000_000_000_000L;

    /** Numbers past these are not brought within a tolerance. */
    static final int CHARS_MAX = 1_024;

    static final int SCALE_MAX = 1_024;

    private static final double[] TENS = new double[23];

    static {
        double power = 1;
        for (int i = 0; i < TENS.length; i++) {
            TENS[i] = power;
            power *= 10;
        }
    }

    private static final byte[] NONE = {};

    private byte[] bytes = NONE;
    private int from;
    private int to;

    private boolean negative;
    // Significant digits without zeros at either end, and the first 18 of them.
    private int digits;
    private long leading;
    private int firstDigit;
    // The power of ten that the last significant digit stands for.
    private long exponent;
    private boolean vast;

    /** Reads a number whose form has been checked. */
    void read(byte[] source, int start, int end) {
        bytes = source;
        from = start;
        to = end;
        negative = source[start] == '-';
        digits = 0;
        leading = 0;
        firstDigit = end;
        vast = false;
        long afterPoint = 0;
        int zeros = 0;
        boolean point = false;
        int at = negative ? start + 1 : start;
        for (; at < end; at++) {
            int c = source[at];
            if (c == '.') {
                point = true;
                continue;
            }
            int digit = c - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            if (point) {
                afterPoint++;
            }
            if (digit != 0) {
                if (digits == 0) {
                    firstDigit = at;
                    zeros = 0;
                }
                for (; zeros > 0; zeros--) {
                    push(0);
                }
                push(digit);
            } else {
                zeros++;
            }
        }
        exponent = zeros - afterPoint + written(at);
        if (digits == 0) {
            negative = false;
            exponent = 0;
            vast = false;
        }
    }

    /** Lets go of the bytes. */
    void release() {
        bytes = NONE;
    }

    private void push(int digit) {
        if (digits < LONG_DIGITS) {
            leading = leading * 10 + digit;
        }
        digits++;
    }

    /** The exponent as written from its {@code e} on. */
    private long written(int letter) {
        if (letter >= to) {
            return 0;
        }
        int at = letter + 1;
        boolean minus = bytes[at] == '-';
        if (minus || bytes[at] == '+') {
            at++;
        }
        long value = 0;
        for (; at < to; at++) {
            value = value * 10 + (bytes[at] - '0');
            if (value > EXPONENT_MAX) {
                vast = true;
                return 0;
            }
        }
        return minus ? -value : value;
    }

    boolean sameAs(Decimal other) {
        if (vast || other.vast) {
            return Arrays.equals(bytes, from, to, other.bytes, other.from, other.to);
        }
        return negative == other.negative
                && digits == other.digits
                && leading == other.leading
                && exponent == other.exponent
                && (digits <= LONG_DIGITS || sameDigits(other));
    }

    private boolean sameDigits(Decimal other) {
        int a = firstDigit;
        int b = other.firstDigit;
        for (int i = 0; i < digits; i++) {
            a = bytes[a] == '.' ? a + 1 : a;
            b = other.bytes[b] == '.' ? b + 1 : b;
            if (bytes[a++] != other.bytes[b++]) {
                return false;
            }
        }
        return true;
    }

    /** A hash that is the same for all ways to write one number. */
    long hash(long seed) {
        if (vast) {
            return WordHash.of(seed, bytes, from, to);
        }
        long hash = WordHash.join(seed ^ leading, exponent + (negative ? Long.MIN_VALUE : 0));
        int at = firstDigit;
        for (int i = 0; i < digits; i++) {
            at = bytes[at] == '.' ? at + 1 : at;
            hash = i < LONG_DIGITS ? hash : WordHash.join(hash, bytes[at]);
            at++;
        }
        return hash;
    }

    /** About this number, good to 15 digits; infinite or 0 where a double ends. */
    double approximate() {
        if (digits == 0) {
            return 0;
        }
        if (vast) {
            return Double.NaN;
        }
        // What was not kept of the digits raises the exponent.
        long power = exponent + Math.max(0, digits - LONG_DIGITS);
        double value = leading;
        if (power != 0) {
            value =
                    Math.abs(power) < TENS.length
                            ? power > 0 ? value * TENS[(int) power] : value / TENS[(int) -power]
                            : value * Math.pow(10, (double) power);
        }
        return negative ? -value : value;
    }

    /** This number exactly; null if that would take too long. */
    @Nullable BigDecimal exact() {
        if (vast || to - from > CHARS_MAX || Math.abs(exponent) > SCALE_MAX) {
            return null;
        }
        return new BigDecimal(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
    }
}
