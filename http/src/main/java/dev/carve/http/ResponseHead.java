package dev.carve.http;

import org.jspecify.annotations.Nullable;

/**
 * A response's head with what the receiver must know to pass it on.
 *
 * <p>Thread: the event loop of the exchange; valid until the response ends.
 */
public interface ResponseHead {

    Head head();

    /** Whether body bytes may follow; {@code end} comes in any case. */
    boolean hasBody();

    /** What to pause while the receiver is slow; null if the body is at hand already. */
    @Nullable BodySource source();

    /** Whether {@code Connection} names further fields that belong to that hop. */
    boolean namesFields();
}
