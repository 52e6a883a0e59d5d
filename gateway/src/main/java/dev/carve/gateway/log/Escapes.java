package dev.carve.gateway.log;

import dev.carve.http.Ascii;
import java.util.Arrays;

/** Text prepared once for many lines. */
public final class Escapes {

    private Escapes() {}

    /** The inside of a JSON string, as bytes. */
    public static byte[] json(String text) {
        LineBuffer out = new LineBuffer(text.length() * 6 + 1);
        byte[] bytes = Ascii.bytes(text);
        out.addEscaped(bytes, 0, bytes.length);
        return Arrays.copyOf(out.bytes(), out.length());
    }
}
