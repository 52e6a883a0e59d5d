package dev.carve.gateway;

import dev.carve.gateway.service.Service;
import dev.carve.http.ResponseSink;

/**
 * The action that sends a call to an instance of a service: select, connect, send, receive.
 * Immutable; any event loop.
 */
public final class Forward implements Action {

    private final Service service;
    private final long responseTimeoutNanos;

    /**
     * @param responseTimeoutNanos the route's own, 0 for the service's
     */
    public Forward(Service service, long responseTimeoutNanos) {
        this.service = service;
        this.responseTimeoutNanos = responseTimeoutNanos;
    }

    public Service service() {
        return service;
    }

    @Override
    public ActiveCall start(Call call, ResponseSink sink) {
        ForwardCall forward = ForwardCall.take(call.loop());
        forward.start(call, sink, service, responseTimeoutNanos);
        return forward;
    }
}
