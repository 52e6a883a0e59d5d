package dev.carve.gateway;

import dev.carve.http.HeadEdits;

/**
 * What a request is told beside what its client said: forwarded fields, then what its route
 * changes. Immutable; any event loop.
 */
final class RequestEdits {

    private final Forwarded forwarded;
    private final RouteEdits own;

    RequestEdits(Forwarded forwarded, RouteEdits own) {
        this.forwarded = forwarded;
        this.own = own;
    }

    void apply(HeadEdits edits, Exchange exchange) {
        forwarded.apply(edits, exchange);
        own.apply(edits, exchange.head(), exchange.match);
    }
}
