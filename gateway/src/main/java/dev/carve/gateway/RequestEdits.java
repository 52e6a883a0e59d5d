package dev.carve.gateway;

import dev.carve.http.Field;
import dev.carve.http.Head;
import dev.carve.http.HeadEdits;
import org.jspecify.annotations.Nullable;

/**
 * What a request is told beside what its client said: forwarded fields, another target or host, the
 * route's own field changes, in this order. Immutable; any event loop.
 */
final class RequestEdits {

    private final Forwarded forwarded;
    private final @Nullable TargetRewrite rewrite;
    private final @Nullable String host;
    private final FieldEdits fields;

    RequestEdits(
            Forwarded forwarded,
            @Nullable TargetRewrite rewrite,
            @Nullable String host,
            FieldEdits fields) {
        this.forwarded = forwarded;
        this.rewrite = rewrite;
        this.host = host;
        this.fields = fields;
    }

    void apply(HeadEdits edits, Exchange exchange) {
        Head head = exchange.head();
        forwarded.apply(edits, exchange);
        if (rewrite != null) {
            edits.target(rewrite.apply(head, exchange.match));
        }
        if (host != null) {
            edits.drop(head, Field.HOST);
            edits.add(Field.HOST.text(), host);
        }
        fields.apply(edits, head);
    }
}
