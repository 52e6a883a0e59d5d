package dev.carve.carving.compare;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The lexical rules of JSON (RFC 8259) over bytes: where strings and numbers end, and what a string
 * with escapes stands for. Bytes from 0x80 pass as they are, whether or not they are UTF-8: two
 * strings are equal if their bytes are.
 *
 * <p>Stateless; any thread. Nothing here reads outside of the range it is given.
 */
final class JsonText {

    /** What a scan returns where the bytes are no JSON. */
    static final int BAD = -1;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;
    private static final int ESCAPE_DIGITS = 4;

    private JsonText() {}

    /** The first position from {@code at} that holds no white space, at most {@code to}. */
    static int blank(byte[] bytes, int at, int to) {
        int next = at;
        while (next < to && bytes[next] <= ' ' && isBlank(bytes[next])) {
            next++;
        }
        return next;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /**
     * The next quote, backslash or control character from {@code at}, at most {@code to}. Eight
     * bytes a step: a byte less than another borrows into its high bit, and only bytes above the
     * first found one can be found wrongly (Hacker's Delight, 6-1).
     */
    static int plain(byte[] bytes, int at, int to) {
        int next = at;
        for (; to - next >= Long.BYTES; next += Long.BYTES) {
            long word = (long) LONGS.get(bytes, next);
            long quote = word ^ ('"' * ONES);
            long backslash = word ^ ('\\' * ONES);
            long found =
                    (((quote - ONES) & ~quote)
                                    | ((backslash - ONES) & ~backslash)
                                    | ((word - ' ' * ONES) & ~word))
                            & HIGHS;
            if (found != 0) {
                return next + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (next < to) {
            byte b = bytes[next];
            if (b == '"' || b == '\\' || (b >= 0 && b < ' ')) {
                return next;
            }
            next++;
        }
        return to;
    }

    /** The position after the escape that begins at {@code at}, or {@link #BAD}. */
    static int escape(byte[] bytes, int at, int to) {
        if (to - at < 2) {
            return BAD;
        }
        return switch (bytes[at + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
            case 'u' -> unit(bytes, at + 2, to) < 0 ? BAD : at + 2 + ESCAPE_DIGITS;
            default -> BAD;
        };
    }

    /** The UTF-16 unit of four hexadecimal digits, or {@link #BAD}. */
    private static int unit(byte[] bytes, int at, int to) {
        if (to - at < ESCAPE_DIGITS) {
            return BAD;
        }
        int unit = 0;
        for (int i = at; i < at + ESCAPE_DIGITS; i++) {
            // Not Character.digit of a byte below zero, which is no character.
            int digit = bytes[i] < 0 ? BAD : Character.digit(bytes[i], 16);
            if (digit < 0) {
                return BAD;
            }
            unit = (unit << 4) | digit;
        }
        return unit;
    }

    /** The position after the number that begins at {@code at}, or {@link #BAD}. */
    static int number(byte[] bytes, int at, int to) {
        int next = at < to && bytes[at] == '-' ? at + 1 : at;
        int whole = digits(bytes, next, to);
        if (whole == next || (whole - next > 1 && bytes[next] == '0')) {
            return BAD;
        }
        next = whole;
        if (next < to && bytes[next] == '.') {
            int fraction = digits(bytes, next + 1, to);
            if (fraction == next + 1) {
                return BAD;
            }
            next = fraction;
        }
        if (next < to && (bytes[next] | 0x20) == 'e') {
            int sign = next + 1;
            if (sign < to && (bytes[sign] == '+' || bytes[sign] == '-')) {
                sign++;
            }
            next = digits(bytes, sign, to);
            if (next == sign) {
                return BAD;
            }
        }
        return next;
    }

    private static int digits(byte[] bytes, int at, int to) {
        int next = at;
        while (next < to && bytes[next] >= '0' && bytes[next] <= '9') {
            next++;
        }
        return next;
    }

    /** The position after {@code true}, {@code false} or {@code null} at {@code at}, or BAD. */
    static int word(byte[] bytes, int at, int to, byte[] word) {
        if (to - at < word.length) {
            return BAD;
        }
        for (int i = 0; i < word.length; i++) {
            if (bytes[at + i] != word[i]) {
                return BAD;
            }
        }
        return at + word.length;
    }

    /**
     * Writes what a checked string stands for, as UTF-8. A surrogate without its partner becomes
     * three bytes of its own, so that it is equal to itself only.
     *
     * @param out at least as long as the string, for no escape grows
     * @return the number of bytes written
     */
    static int unescape(byte[] bytes, int from, int to, byte[] out) {
        int at = from;
        int length = 0;
        while (at < to) {
            byte b = bytes[at];
            if (b != '\\') {
                out[length++] = b;
                at++;
                continue;
            }
            byte code = bytes[at + 1];
            at += 2;
            if (code != 'u') {
                out[length++] = single(code);
                continue;
            }
            int unit = unit(bytes, at, to);
            at += ESCAPE_DIGITS;
            if (Character.isHighSurrogate((char) unit)
                    && to - at >= 2 + ESCAPE_DIGITS
                    && bytes[at] == '\\'
                    && bytes[at + 1] == 'u') {
                int low = unit(bytes, at + 2, to);
                if (Character.isLowSurrogate((char) low)) {
                    unit = Character.toCodePoint((char) unit, (char) low);
                    at += 2 + ESCAPE_DIGITS;
                }
            }
            length = utf8(unit, out, length);
        }
        return length;
    }

    private static byte single(byte code) {
        return switch (code) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> code;
        };
    }

    private static int utf8(int point, byte[] out, int at) {
        int next = at;
        if (point < 0x80) {
            out[next++] = (byte) point;
        } else if (point < 0x800) {
            out[next++] = (byte) (0xC0 | (point >>> 6));
            out[next++] = (byte) (0x80 | (point & 0x3F));
        } else if (point < 0x1_0000) {
            out[next++] = (byte) (0xE0 | (point >>> 12));
            out[next++] = (byte) (0x80 | ((point >>> 6) & 0x3F));
            out[next++] = (byte) (0x80 | (point & 0x3F));
        } else {
            out[next++] = (byte) (0xF0 | (point >>> 18));
            out[next++] = (byte) (0x80 | ((point >>> 12) & 0x3F));
            out[next++] = (byte) (0x80 | ((point >>> 6) & 0x3F));
            out[next++] = (byte) (0x80 | (point & 0x3F));
        }
        return next;
    }
}
