package dev.carve.carving;

import dev.carve.gateway.Call;
import dev.carve.http.BodySource;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import dev.carve.http.Peer;
import org.jspecify.annotations.Nullable;

/**
 * What is asked: all that copies keep of the request that they are made of, sharing nothing with
 * it. Used again and again, as part of an {@link Observation}.
 *
 * <p>Thread: the loop of the request until it is handed over, then one worker.
 */
final class Asked {

    private final Head head = new Head();
    private final HeadEdits edits = new HeadEdits();
    private @Nullable Peer peer;
    private boolean hasBody;
    private long bodyLength;
    private boolean namesFields;
    private boolean repeatable;

    /** Becomes what a call asks that is about to begin; {@link #edits} are left to the caller. */
    void of(Call from) {
        BodySource body = from.body();
        head.copyFrom(from.head());
        peer = from.peer();
        hasBody = body != null;
        bodyLength = body == null ? 0 : body.length();
        namesFields = from.namesFields();
        repeatable = from.isRepeatable();
    }

    /** Becomes a repeatable request that no client sends; head and edits are left to the caller. */
    void ofNobody(int bodyBytes) {
        peer = null;
        hasBody = bodyBytes > 0;
        bodyLength = bodyBytes;
        // Whatever Connection names belonged to the client's hop: asked of each field.
        namesFields = true;
        repeatable = true;
    }

    /** Free for another request. */
    void clear() {
        head.clear();
        edits.clear();
        peer = null;
    }

    Head head() {
        return head;
    }

    /** What a copy changes, the field that marks it among that. */
    HeadEdits edits() {
        return edits;
    }

    /** Of the client; null where none asks. */
    @Nullable Peer peer() {
        return peer;
    }

    boolean hasBody() {
        return hasBody;
    }

    /** As {@link BodySource#length} tells it. */
    long bodyLength() {
        return bodyLength;
    }

    /** Whether {@code Connection} names further fields. */
    boolean namesFields() {
        return namesFields;
    }

    boolean isRepeatable() {
        return repeatable;
    }
}
