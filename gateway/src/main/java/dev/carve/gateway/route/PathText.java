package dev.carve.gateway.route;

import dev.carve.http.Ascii;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Canonical path text: ASCII, where bytes from 0x80 are escaped. The trie and the forms of a path
 * hold the same with those bytes unescaped, so that a request may spell them either way.
 */
final class PathText {

    private PathText() {}

    static byte[] bytes(String canonical) {
        ByteArrayOutputStream result = new ByteArrayOutputStream(canonical.length());
        byte[] text = Ascii.bytes(canonical);
        for (int i = 0; i < text.length; i++) {
            int value = text[i] == '%' ? PathForms.escape(text, i, text.length) : -1;
            if (value >= 0x80) {
                result.write(value);
                i += 2;
            } else {
                result.write(text[i]);
            }
        }
        return result.toByteArray();
    }

    static String canonical(byte[] bytes, int from, int to) {
        StringBuilder result = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            if (bytes[i] < 0) {
                result.append(String.format("%%%02X", bytes[i] & 0xFF));
            } else {
                result.append((char) bytes[i]);
            }
        }
        return result.toString();
    }

    /** The segments of a path that starts with a slash. */
    static List<String> segments(String canonical) {
        return List.of(canonical.substring(1).split("/", -1));
    }
}
