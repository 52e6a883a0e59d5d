package dev.carve.gateway;

import dev.carve.http.Ascii;
import dev.carve.http.Head;

/** Whole numbers out of field values, without making a string. */
final class Numbers {

    private static final int DIGITS_MAX = 15;

    private Numbers() {}

    /** The value of a field as a whole decimal number, -1 if it is none or beyond 15 digits. */
    static long decimal(Head head, int number) {
        byte[] bytes = head.bytes();
        int from = head.valueStart(number);
        int to = head.valueEnd(number);
        if (from == to || to - from > DIGITS_MAX) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (!Ascii.isDigit(bytes[i])) {
                return -1;
            }
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }
}
