package dev.carve.gateway.log;

import dev.carve.http.Ascii;
import java.util.Arrays;

/**
 * Bytes of log lines, appended without making a string.
 *
 * <p>Thread: whoever owns it.
 */
public final class LineBuffer {

    private static final byte[] HEX = Ascii.bytes("0123456789abcdef");

    private byte[] bytes;
    private int length;

    LineBuffer(int size) {
        bytes = new byte[size];
    }

    int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }

    void clear() {
        length = 0;
    }

    /** Appends text that is ASCII and needs no escape. */
    public LineBuffer add(byte[] ascii) {
        reserve(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    public LineBuffer add(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
        return this;
    }

    /** Appends a whole number. */
    public LineBuffer add(long value) {
        reserve(20);
        long rest = value;
        if (rest < 0) {
            bytes[length++] = '-';
            rest = -rest;
        }
        int digits = 1;
        for (long bound = 10; digits < 19 && rest >= bound; bound *= 10) {
            digits++;
        }
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** Appends a number with as many digits as wanted, zeros in front. */
    public LineBuffer addPadded(int value, int digits) {
        reserve(digits);
        int rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** Appends nanoseconds as milliseconds with three decimals. */
    public LineBuffer addMillis(long nanos) {
        long micros = Math.max(0, nanos / 1000);
        add(micros / 1000).add('.');
        return addPadded((int) (micros % 1000), 3);
    }

    /** Appends sixteen hexadecimal digits. */
    public LineBuffer addHex(long value) {
        reserve(16);
        for (int shift = 60; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (value >>> shift) & 15];
        }
        return this;
    }

    /**
     * Appends bytes as the inside of a JSON string (RFC 8259 section 7): quotes, backslashes and
     * controls escaped, bytes from 0x80 as the Latin-1 characters they are.
     */
    public LineBuffer addEscaped(byte[] from, int start, int end) {
        reserve((end - start) * 6);
        byte[] to = bytes;
        int at = length;
        for (int i = start; i < end; i++) {
            byte b = from[i];
            if (b >= 0x20 && b != '"' && b != '\\' && b != 0x7F) {
                to[at++] = b;
            } else if (b == '"' || b == '\\') {
                to[at++] = '\\';
                to[at++] = b;
            } else {
                to[at++] = '\\';
                to[at++] = 'u';
                to[at++] = '0';
                to[at++] = '0';
                to[at++] = HEX[b >>> 4 & 15];
                to[at++] = HEX[b & 15];
            }
        }
        length = at;
        return this;
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }
}
