package dev.carve.gateway;

import dev.carve.http.ResponseSink;

/**
 * What is done with a call: forward it, answer it, and later more. Built from configuration once
 * per snapshot; immutable; any event loop.
 */
public interface Action {

    /**
     * Executes one call. Its answer goes to the sink, possibly before this returns. A call that has
     * ended well or failed needs no {@link ActiveCall#cancel}.
     */
    ActiveCall start(Call call, ResponseSink sink);
}
