package dev.carve.gateway;

import dev.carve.gateway.route.RouteResult;
import dev.carve.http.Ascii;
import dev.carve.http.Head;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Another path for the upstream: a prefix taken away, or a template filled with the match's
 * variables as they came. The query stays. Immutable; any event loop.
 */
final class TargetRewrite {

    private final byte @Nullable [] prefix;
    private final @Nullable Template template;

    TargetRewrite(@Nullable String prefix, @Nullable Template template) {
        this.prefix = prefix == null ? null : Ascii.bytes(prefix);
        this.template = template;
    }

    byte[] apply(Head head, RouteResult<?> match) {
        byte[] bytes = head.bytes();
        int start = match.pathStart();
        int end = match.pathEnd();
        ByteArrayOutputStream out = new ByteArrayOutputStream(head.targetEnd() - start + 16);
        if (template != null) {
            template.fill(out, head, match);
        } else {
            int from = start + prefixLength(bytes, start, end);
            if (from == end || bytes[from] != '/') {
                out.write('/');
            }
            out.write(bytes, from, end - from);
        }
        out.write(bytes, end, head.targetEnd() - end);
        return out.toByteArray();
    }

    private int prefixLength(byte[] bytes, int start, int end) {
        byte[] stripped = prefix;
        if (stripped == null || end - start < stripped.length) {
            return 0;
        }
        for (int i = 0; i < stripped.length; i++) {
            if (bytes[start + i] != stripped[i]) {
                return 0;
            }
        }
        int length = stripped.length;
        boolean whole =
                start + length == end
                        || bytes[start + length] == '/'
                        || (length > 0 && stripped[length - 1] == '/');
        return whole ? length : 0;
    }
}
