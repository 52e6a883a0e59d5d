package dev.carve.http;

import dev.carve.runtime.Failure;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Where the chunks of a body go. One of {@link #end} and {@link #failed} comes last, unless the
 * call is cancelled before; that a client's request body broke is told to the exchange's {@link
 * StreamListener}, which cancels. Called on the event loop of the exchange only.
 */
public interface BodySink {

    /** Takes the next bytes. They may wait until {@link #flush}. */
    void data(ByteBuf chunk);

    /** No more bytes are at hand for now: what was taken should go out. */
    void flush();

    /** The body is complete; borrows its trailer fields. */
    void end(@Nullable Head trailer);

    /** The body will never be complete. */
    void failed(Failure failure);
}
