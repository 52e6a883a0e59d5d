package dev.carve.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Immutable bytes with equality and a readable form, for exact comparison in tests. Text is
 * ISO-8859-1, so that every byte is one character and none is lost. Any thread.
 */
public final class Octets {

    /** No bytes. */
    public static final Octets EMPTY = new Octets(new byte[0]);

    private final byte[] bytes;

    private Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of {@code bytes}. */
    public static Octets of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Octets(bytes.clone());
    }

    /** The bytes of an ISO-8859-1 text, taken literally. */
    public static Octets of(String latin1) {
        return of(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * The bytes of a text with escapes: {@code \r \n \t \0 \\ \xHH}, and <code>\{text*count}</code>
     * for a repetition (the text may hold the other escapes but neither <code>}</code> nor {@code
     * *}).
     *
     * @throws IllegalArgumentException if an escape is unknown or unfinished, naming its position
     */
    public static Octets parse(String escaped) {
        var out = new ByteArrayOutputStream(escaped.length());
        int i = 0;
        while (i < escaped.length()) {
            char c = escaped.charAt(i);
            if (c != '\\') {
                out.write(latin1(c, escaped, i));
                i++;
                continue;
            }
            i++;
            char kind = i < escaped.length() ? escaped.charAt(i) : '\uffff';
            switch (kind) {
                case 'r' -> out.write('\r');
                case 'n' -> out.write('\n');
                case 't' -> out.write('\t');
                case '0' -> out.write(0);
                case '\\' -> out.write('\\');
                case 'x' -> {
                    out.write(hex(escaped, i + 1));
                    i += 2;
                }
                case '{' -> {
                    int end = escaped.indexOf('}', i);
                    int star = escaped.indexOf('*', i);
                    if (end < 0 || star < 0 || star > end) {
                        throw bad(escaped, i, "a repetition such as \\{a*100}");
                    }
                    byte[] unit = parse(escaped.substring(i + 1, star)).bytes;
                    int count = Integer.parseInt(escaped.substring(star + 1, end));
                    for (int n = 0; n < count; n++) {
                        out.writeBytes(unit);
                    }
                    i = end;
                }
                default ->
                        throw bad(escaped, i, "one of \\r \\n \\t \\0 \\\\ \\xHH \\{text*count}");
            }
            i++;
        }
        return of(out.toByteArray());
    }

    private static int latin1(char c, String text, int at) {
        if (c > 0xff) {
            throw bad(text, at, "a character up to U+00FF or \\xHH");
        }
        return c;
    }

    private static int hex(String text, int at) {
        if (at + 2 > text.length()
                || Character.digit(text.charAt(at), 16) < 0
                || Character.digit(text.charAt(at + 1), 16) < 0) {
            throw bad(text, at, "two hexadecimal digits");
        }
        return Integer.parseInt(text, at, at + 2, 16);
    }

    private static IllegalArgumentException bad(String text, int at, String expected) {
        return new IllegalArgumentException(
                "character %d of \"%s\": expected %s".formatted(at, text, expected));
    }

    /** A copy of the bytes. */
    public byte[] array() {
        return bytes.clone();
    }

    /** How many bytes. */
    public int length() {
        return bytes.length;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** The bytes as ISO-8859-1. */
    public String text() {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The bytes from {@code from} (inclusive) to {@code to} (exclusive). */
    public Octets slice(int from, int to) {
        return of(Arrays.copyOfRange(bytes, from, to));
    }

    /** These bytes and then {@code more}. */
    public Octets plus(Octets more) {
        byte[] joined = Arrays.copyOf(bytes, bytes.length + more.bytes.length);
        System.arraycopy(more.bytes, 0, joined, bytes.length, more.bytes.length);
        return of(joined);
    }

    /** The bytes as printable ASCII with escapes; {@link #parse} reads it back. */
    public String escaped() {
        return escaped(Integer.MAX_VALUE);
    }

    /** As {@link #escaped()}, cut after {@code bytesMax} bytes with a note of how many follow. */
    public String escaped(int bytesMax) {
        var text = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.length, bytesMax); i++) {
            int b = bytes[i] & 0xff;
            switch (b) {
                case '\r' -> text.append("\\r");
                case '\n' -> text.append("\\n");
                case '\t' -> text.append("\\t");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (b >= 0x20 && b < 0x7f) {
                        text.append((char) b);
                    } else {
                        text.append("\\x%02x".formatted(b));
                    }
                }
            }
        }
        if (bytes.length > bytesMax) {
            text.append("... and ").append(bytes.length - bytesMax).append(" more");
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets o && Arrays.equals(bytes, o.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return escaped(512);
    }
}
