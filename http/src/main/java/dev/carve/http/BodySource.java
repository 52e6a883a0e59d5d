package dev.carve.http;

/**
 * Where the chunks of a body come from. Nothing is read before {@link #start}; from then on chunks
 * are pushed until {@link #pause}. Called on the event loop of the exchange only.
 */
public interface BodySource {

    /** The length in bytes if the message declares it, -1 otherwise. */
    long length();

    /** Begins to push into a sink, possibly before this call returns. At most once. */
    void start(BodySink sink);

    /** Pushes no more after the chunk under way; the peer is slowed down by its own window. */
    void pause();

    void resume();

    /** Nobody wants the rest: it is read and thrown away within bounds, or the connection ends. */
    void discard();
}
