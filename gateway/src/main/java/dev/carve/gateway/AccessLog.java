package dev.carve.gateway;

import dev.carve.http.ServerStream;
import dev.carve.runtime.Failure;

/** Who writes down exchanges that are over. Called on event loops; must not wait. */
interface AccessLog {

    /** An exchange is over; borrows it. */
    void finished(Exchange exchange);

    /** A request that was not understood was refused. */
    void malformed(ServerStream stream, Failure why, String requestId);

    /** Writes nothing. */
    AccessLog OFF =
            new AccessLog() {
                @Override
                public void finished(Exchange exchange) {}

                @Override
                public void malformed(ServerStream stream, Failure why, String requestId) {}
            };
}
