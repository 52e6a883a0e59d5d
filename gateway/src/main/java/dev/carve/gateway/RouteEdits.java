package dev.carve.gateway;

import dev.carve.gateway.route.RouteResult;
import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import org.jspecify.annotations.Nullable;

/**
 * What a route itself changes in its requests: another target or host, then fields. Applied to what
 * the client sent, whoever sends it. Immutable; any thread.
 */
public final class RouteEdits {

    private final @Nullable TargetRewrite rewrite;
    private final @Nullable String host;
    private final FieldEdits fields;

    RouteEdits(@Nullable TargetRewrite rewrite, @Nullable String host, FieldEdits fields) {
        this.rewrite = rewrite;
        this.host = host;
        this.fields = fields;
    }

    /**
     * Adds them to the edits of a request.
     *
     * @param match what the route's own match found in that head
     */
    public void apply(HeadEdits edits, Head head, RouteResult<?> match) {
        if (rewrite != null) {
            edits.target(rewrite.apply(head, match));
        }
        if (host != null) {
            edits.drop(head, Field.HOST);
            edits.add(Field.HOST.text(), host);
        }
        fields.apply(edits, head);
    }
}
