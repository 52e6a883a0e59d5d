package dev.carve.http;

/**
 * Where the answer to one call goes: any number of interim heads, one final head, then the body. A
 * failure may come at any time and is the last event; {@code failed} before {@link #head} means
 * that nothing of an answer was seen. Called on the event loop of the exchange only.
 */
public interface ResponseSink extends BodySink {

    /** A 1xx answer other than 101; borrows the head. */
    void informational(Head head);

    /**
     * The final head, or 101 after which the body is the other protocol's bytes; borrows the head
     * until the end of the body.
     */
    void head(ResponseHead head);

    /**
     * After 101: the upstream sends no more, while the client's bytes still go to it. {@code end}
     * comes once both directions are over.
     */
    void halfClosed();
}
