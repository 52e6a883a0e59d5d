package dev.carve.gateway;

import dev.carve.gateway.log.LineBuffer;
import dev.carve.http.Ascii;
import java.util.List;
import java.util.Locale;

/**
 * Writes a target or a URL without the values of query parameters that hold secrets. A name that is
 * itself escaped is taken for one. Immutable; any event loop.
 */
final class Redaction {

    private static final byte[] HIDDEN = Ascii.bytes("***");

    private final byte[][] names;

    Redaction(List<String> names) {
        this.names =
                names.stream()
                        .map(name -> Ascii.bytes(name.toLowerCase(Locale.ROOT)))
                        .toArray(byte[][]::new);
    }

    void write(LineBuffer out, byte[] bytes, int start, int end) {
        int at = start;
        while (at < end && bytes[at] != '?') {
            at++;
        }
        int written = start;
        while (at < end) {
            int name = at + 1;
            int equals = name;
            boolean escaped = false;
            while (equals < end && bytes[equals] != '=' && bytes[equals] != '&') {
                escaped |= bytes[equals] == '%';
                equals++;
            }
            int stop = equals;
            while (stop < end && bytes[stop] != '&') {
                stop++;
            }
            if (stop > equals + 1 && (escaped || isSecret(bytes, name, equals))) {
                out.addEscaped(bytes, written, equals + 1).add(HIDDEN);
                written = stop;
            }
            at = stop;
        }
        out.addEscaped(bytes, written, end);
    }

    private boolean isSecret(byte[] bytes, int start, int end) {
        for (byte[] name : names) {
            if (Ascii.equalsLower(bytes, start, end, name)) {
                return true;
            }
        }
        return false;
    }
}
