package dev.carve.gateway;

import dev.carve.gateway.log.LineBuffer;
import dev.carve.gateway.log.QuerySecrets;
import dev.carve.http.Ascii;
import java.util.List;

/**
 * Writes a target or a URL without the values of query parameters that hold secrets, as {@link
 * QuerySecrets} finds them. Immutable; any event loop.
 */
final class Redaction {

    private static final byte[] HIDDEN = Ascii.bytes("***");

    private final QuerySecrets secrets;

    Redaction(List<String> names) {
        secrets = new QuerySecrets(names);
    }

    void write(LineBuffer out, byte[] bytes, int start, int end) {
        int written = start;
        long found = secrets.first(bytes, start, end);
        while (found != QuerySecrets.NONE) {
            out.addEscaped(bytes, written, QuerySecrets.from(found)).add(HIDDEN);
            written = QuerySecrets.to(found);
            found = secrets.next(bytes, found, end);
        }
        out.addEscaped(bytes, written, end);
    }
}
