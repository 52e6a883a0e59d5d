package dev.carve.gateway.route;

import dev.carve.http.Ascii;
import java.util.Arrays;

/**
 * The readings of a path that is not plain, written into one reused buffer.
 *
 * <p>Raw is what a server sees that decodes nothing. Matched is what routes are matched against:
 * unreserved escapes decoded and dot segments resolved (RFC 3986 section 6.2.2), slashes kept. Lax
 * is what a careless server may make of it: {@code %2F}, {@code \} and overlong UTF-8 become what
 * they stand for, a NUL or {@code #} ends the path, {@code ..;x} counts as {@code ..} and empty
 * segments vanish. In all three, bytes from 0x80 stand as bytes and other escapes in capitals, so
 * that the spelling of an escape alone never tells two readings apart.
 *
 * <p>Escapes are decoded once: {@code %252F} is the text {@code %2F} and nothing else.
 *
 * <p>Thread: the owner of the result it belongs to. Every pass is linear in the path's length and
 * no form is longer than the path.
 */
final class PathForms {

    private static final int KEPT_BYTES = 4096;
    private static final int OVERLONG_PAIR_MAX = 0xC1;
    private static final int OVERLONG_TRIPLE = 0xE0;
    private static final byte[] NO_BYTES = {};
    private static final byte[] HEX = Ascii.bytes("0123456789ABCDEF");
    private static final boolean[] UNRESERVED = new boolean[256];

    static {
        for (int b = 0x80; b < 256; b++) {
            UNRESERVED[b] = true;
        }
        for (byte b :
                Ascii.bytes("-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")) {
            UNRESERVED[b] = true;
        }
    }

    /** The forms, one behind the other; see the ranges. */
    byte[] bytes = NO_BYTES;

    /** Where each byte of the matched form, and its end, stands in the raw bytes. */
    int[] origin = {};

    int matchedEnd;
    int rawStart;
    int rawEnd;
    int laxStart;
    int laxEnd;
    Ambiguity ambiguity = Ambiguity.NONE;

    private int out;

    /** Writes the raw and the matched form and finds what is ambiguous. */
    void read(byte[] source, int from, int to) {
        reserve(to - from);
        ambiguity = Ambiguity.NONE;
        rawStart = to - from;
        rawEnd = copyRaw(source, from, to, rawStart);
        matchedEnd = resolve(0, decode(source, from, to), false);
        origin[matchedEnd] = to;
    }

    /** The path {@code /} for a target that has none. */
    void readRoot(int at) {
        reserve(1);
        ambiguity = Ambiguity.NONE;
        bytes[0] = '/';
        bytes[1] = '/';
        matchedEnd = 1;
        rawStart = 1;
        rawEnd = 2;
        origin[0] = at;
        origin[1] = at;
    }

    /** Writes the lax form of the path just read. */
    void readLax(byte[] source, int from, int to) {
        laxStart = 2 * (to - from);
        decodeLax(source, from, to);
        laxEnd = resolve(laxStart, out, true);
    }

    boolean rawIsMatched() {
        return Arrays.equals(bytes, 0, matchedEnd, bytes, rawStart, rawEnd);
    }

    /** Lets a large buffer go. */
    void trim() {
        if (bytes.length > 3 * KEPT_BYTES) {
            bytes = NO_BYTES;
            origin = new int[0];
        }
    }

    private void reserve(int length) {
        if (origin.length <= length) {
            int size = Math.max(256, length + 1);
            bytes = new byte[3 * size];
            origin = new int[size];
        }
    }

    private int copyRaw(byte[] source, int from, int to, int start) {
        out = start;
        for (int at = from; at < to; ) {
            int value = source[at] == '%' ? escape(source, at, to) : -1;
            if (value >= 0x80) {
                bytes[out++] = (byte) value;
                at += 3;
            } else if (value >= 0) {
                writeEscape(value);
                at += 3;
            } else {
                bytes[out++] = source[at++];
            }
        }
        return out;
    }

    private int decode(byte[] source, int from, int to) {
        out = 0;
        for (int at = from; at < to; ) {
            origin[out] = at;
            int value = source[at] == '%' ? escape(source, at, to) : -1;
            if (value < 0) {
                write(source[at]);
                noteRaw(source[at++]);
            } else {
                if (UNRESERVED[value]) {
                    write((byte) value);
                } else {
                    noteEscaped(value);
                    Arrays.fill(origin, out, out + 3, at);
                    writeEscape(value);
                }
                at += 3;
            }
        }
        return out;
    }

    /** One byte of the matched form; overlong sequences are complete with their last byte. */
    private void write(byte value) {
        bytes[out++] = value;
        if (value < 0 && overlong(0) >= 0) {
            note(Ambiguity.OVERLONG);
        }
    }

    private void decodeLax(byte[] source, int from, int to) {
        out = laxStart;
        for (int at = from; at < to; ) {
            int value = source[at] == '%' ? escape(source, at, to) : -1;
            boolean escaped = value >= 0;
            if (!escaped) {
                value = source[at] & 0xFF;
            }
            at += escaped ? 3 : 1;
            if (value == 0 || (value == '#' && !escaped)) {
                return;
            }
            if (escaped && !UNRESERVED[value] && value != '/' && value != '\\') {
                writeEscape(value);
            } else if (!writeLax(value)) {
                return;
            }
        }
    }

    /** Whether the path goes on behind this byte. */
    private boolean writeLax(int value) {
        bytes[out++] = (byte) (value == '\\' ? '/' : value);
        int meant = value < 0x80 ? -1 : overlong(laxStart);
        if (meant >= 0) {
            out -= (bytes[out - 2] & 0xFF) >= 0xC0 ? 2 : 3;
            if (meant == 0) {
                return false;
            }
            bytes[out++] = (byte) (meant == '\\' ? '/' : meant);
        }
        return true;
    }

    /** The ASCII character that the last bytes written spell in too many bytes, or -1. */
    private int overlong(int start) {
        int last = bytes[out - 1] & 0xFF;
        if (last >= 0xC0 || out - start < 2) {
            return -1;
        }
        int lead = bytes[out - 2] & 0xFF;
        if (lead == 0xC0 || lead == OVERLONG_PAIR_MAX) {
            return (lead & 1) << 6 | (last & 0x3F);
        }
        boolean triple =
                (lead == 0x80 || lead == 0x81)
                        && out - start > 2
                        && (bytes[out - 3] & 0xFF) == OVERLONG_TRIPLE;
        return triple ? (lead & 1) << 6 | (last & 0x3F) : -1;
    }

    /** Resolves dot segments where they stand, RFC 3986 section 5.2.4; answers the new end. */
    private int resolve(int start, int end, boolean lax) {
        int to = start;
        for (int at = start; at < end; ) {
            int stop = at + 1;
            while (stop < end && bytes[stop] != '/') {
                stop++;
            }
            int dots = dots(at + 1, stop, lax);
            boolean dropped = lax && stop == at + 1 && stop < end;
            if (dots == 0 && !dropped) {
                to = move(at, stop, to, lax);
            } else if (dots != 0) {
                if (dots == 2) {
                    to = parent(start, to);
                }
                if (stop == end) {
                    to = move(at, at + 1, to, lax);
                }
            }
            at = stop;
        }
        if (to == start) {
            bytes[to++] = '/';
        }
        return to;
    }

    private int parent(int start, int end) {
        int to = end;
        while (to > start && bytes[--to] != '/') {}
        return to;
    }

    private int move(int from, int stop, int to, boolean lax) {
        int count = stop - from;
        if (from != to) {
            System.arraycopy(bytes, from, bytes, to, count);
            if (!lax) {
                System.arraycopy(origin, from, origin, to, count);
            }
        }
        return to + count;
    }

    /** 1 for a segment {@code .}, 2 for {@code ..}, else 0. */
    private int dots(int from, int to, boolean lax) {
        int dots = 0;
        while (from + dots < to && dots < 3 && bytes[from + dots] == '.') {
            dots++;
        }
        if (dots == 0 || dots == 3) {
            return 0;
        }
        boolean whole = from + dots == to;
        boolean parameter = !whole && bytes[from + dots] == ';';
        if ((whole && dots == 2) || parameter) {
            note(Ambiguity.DOT_DOT);
        }
        return whole || (lax && parameter) ? dots : 0;
    }

    private void noteRaw(byte value) {
        if (value == '\\') {
            note(Ambiguity.BACKSLASH);
        } else if (value == '#') {
            note(Ambiguity.FRAGMENT);
        } else if (value == 0) {
            note(Ambiguity.NUL);
        }
    }

    private void noteEscaped(int value) {
        if (value == '/') {
            note(Ambiguity.ENCODED_SLASH);
        } else if (value == '\\') {
            note(Ambiguity.BACKSLASH);
        } else if (value == 0) {
            note(Ambiguity.NUL);
        }
    }

    private void note(Ambiguity found) {
        if (ambiguity == Ambiguity.NONE) {
            ambiguity = found;
        }
    }

    private void writeEscape(int value) {
        bytes[out++] = '%';
        bytes[out++] = HEX[value >> 4];
        bytes[out++] = HEX[value & 15];
    }

    /** The byte that the escape at {@code at} stands for, -1 if it is none. */
    static int escape(byte[] bytes, int at, int end) {
        if (at + 2 >= end) {
            return -1;
        }
        int high = Ascii.hex(bytes[at + 1]);
        int low = Ascii.hex(bytes[at + 2]);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** RFC 3986 section 2.3; beyond that, every byte that is not ASCII. */
    static boolean isUnreserved(int value) {
        return UNRESERVED[value];
    }
}
