package dev.carve.gateway;

import dev.carve.gateway.log.LineBuffer;
import dev.carve.http.Ascii;
import java.util.List;
import java.util.Locale;

/**
 * Writes a target or a URL without the values of query parameters that hold secrets. A name that is
 * itself escaped is taken for one.
 *
 * <p>Where a parameter begins is a matter of opinion: after {@code &} and, for some servers, after
 * {@code ;}; after a further {@code ?} where one URL holds another as it is; after the {@code #} of
 * a fragment. Each of them is taken for the beginning of a name, but only {@code &} and {@code #}
 * for the end of a secret, so that in doubt more is hidden. Immutable; any event loop.
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
        while (at < end && bytes[at] != '?' && bytes[at] != '#') {
            at++;
        }
        int written = start;
        while (at < end) {
            int name = at + 1;
            int equals = name;
            boolean escaped = false;
            while (equals < end && bytes[equals] != '=' && !beginsName(bytes[equals])) {
                escaped |= bytes[equals] == '%';
                equals++;
            }
            boolean valued = equals < end && bytes[equals] == '=';
            at = equals;
            if (valued && (escaped || isSecret(bytes, name, equals))) {
                while (at < end && bytes[at] != '&' && bytes[at] != '#') {
                    at++;
                }
                if (at > equals + 1) {
                    out.addEscaped(bytes, written, equals + 1).add(HIDDEN);
                    written = at;
                }
            }
            while (at < end && !beginsName(bytes[at])) {
                at++;
            }
        }
        out.addEscaped(bytes, written, end);
    }

    private static boolean beginsName(byte at) {
        return at == '&' || at == ';' || at == '?' || at == '#';
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
