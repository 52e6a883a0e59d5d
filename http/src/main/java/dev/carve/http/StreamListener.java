package dev.carve.http;

import dev.carve.runtime.Failure;

/** Who has to know that an exchange can not be answered any more. On the exchange's event loop. */
public interface StreamListener {

    /** The client has gone, was too slow, or broke its request; called at most once. */
    void clientFailed(Failure why);
}
