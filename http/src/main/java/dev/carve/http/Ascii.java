package dev.carve.http;

import java.nio.charset.StandardCharsets;

/**
 * Byte classes and comparisons of RFC 9110 section 5.6, on plain arrays: the parsers read heap
 * bytes, which the compiler handles far better than buffer accessors.
 */
public final class Ascii {

    private static final int TOKEN = 1;
    private static final int VALUE = 2;
    private static final int TARGET = 4;
    private static final int DIGIT = 8;
    private static final byte[] CLASSES = new byte[256];
    private static final byte[] HEX = new byte[256];

    static {
        for (int b = 0; b < 256; b++) {
            boolean alpha = (b | 0x20) >= 'a' && (b | 0x20) <= 'z' && b < 128;
            boolean digit = b >= '0' && b <= '9';
            int bits = 0;
            if (alpha || digit || (b < 128 && "!#$%&'*+-.^_`|~".indexOf(b) >= 0)) {
                bits |= TOKEN;
            }
            if (b == '\t' || (b >= 0x20 && b != 0x7F)) {
                bits |= VALUE;
            }
            if (b > 0x20 && b != 0x7F) {
                bits |= TARGET;
            }
            if (digit) {
                bits |= DIGIT;
            }
            CLASSES[b] = (byte) bits;
            HEX[b] = (byte) Character.digit(b < 128 ? b : 0, 16);
        }
    }

    private Ascii() {}

    /** RFC 9110 section 5.6.2: what a method or a field name consists of. */
    public static boolean isToken(byte b) {
        return (CLASSES[b & 0xFF] & TOKEN) != 0;
    }

    /** RFC 9110 section 5.5: HTAB, SP, visible, and everything from 0x80. */
    public static boolean isValue(byte b) {
        return (CLASSES[b & 0xFF] & VALUE) != 0;
    }

    /** What may stand in a request target: 0x21 to 0x7E and everything from 0x80. */
    public static boolean isTarget(byte b) {
        return (CLASSES[b & 0xFF] & TARGET) != 0;
    }

    public static boolean isDigit(byte b) {
        return (CLASSES[b & 0xFF] & DIGIT) != 0;
    }

    /** The value of a hexadecimal digit, -1 if it is none. */
    public static int hex(byte b) {
        return HEX[b & 0xFF];
    }

    /**
     * Whether {@code bytes[start..end)} is {@code lower}, which is lower case, whatever its case.
     */
    public static boolean equalsLower(byte[] bytes, int start, int end, byte[] lower) {
        if (end - start != lower.length) {
            return false;
        }
        for (int i = 0; i < lower.length; i++) {
            byte b = bytes[start + i];
            if (b != lower[i] && (b < 'A' || b > 'Z' || b + 0x20 != lower[i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether two ranges hold the same bytes, whatever the case of their letters. */
    public static boolean equalsIgnoreCase(
            byte[] a, int aStart, int aEnd, byte[] b, int bStart, int bEnd) {
        if (aEnd - aStart != bEnd - bStart) {
            return false;
        }
        for (int i = aStart, j = bStart; i < aEnd; i++, j++) {
            if (lower(a[i]) != lower(b[j])) {
                return false;
            }
        }
        return true;
    }

    public static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 0x20) : b;
    }

    /** One byte a character; what is outside Latin-1 becomes a question mark. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    public static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }
}
