package dev.carve.testkit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** One thing a scripted upstream does on a connection; a script is a list of them. */
public sealed interface Step {

    /** Reads a request's head and leaves its body on the socket. */
    record ReadHead() implements Step {}

    /**
     * Reads a request's body, or a whole request if no head was read before; answers 100 first
     * where the request expects that.
     */
    record ReadRequest() implements Step {}

    /**
     * Takes that many bytes off the socket, whatever they are: stops reading in the middle of a
     * head or a body.
     *
     * @param count how many
     */
    record ReadBytes(int count) implements Step {}

    /**
     * Sends these bytes.
     *
     * @param bytes what is sent, as it stands
     */
    record Respond(Octets bytes) implements Step {

        /** Sends that ISO-8859-1 text as it stands. */
        public Respond(String latin1) {
            this(Octets.of(latin1));
        }
    }

    /**
     * A well-formed answer with Content-Length.
     *
     * @param status the status code
     * @param fields further fields
     * @param body the body as ISO-8859-1
     */
    record RespondText(int status, List<Field> fields, String body) implements Step {}

    /** A 200 with the last request's body as its body (its kept part, see {@link Body}). */
    record Echo() implements Step {}

    /**
     * An interim response, then another step.
     *
     * @param status 1xx
     * @param fields its fields
     * @param then what follows
     */
    record InformationalThen(int status, List<Field> fields, Step then) implements Step {}

    /**
     * A well-formed answer with {@code Connection: close}, then FIN.
     *
     * @param status the status code
     * @param body the body as ISO-8859-1
     */
    record CloseAfterResponse(int status, String body) implements Step {}

    /**
     * Sends bytes in pieces.
     *
     * @param bytes what is sent
     * @param pieceBytes the size of a piece
     * @param pause the wait after each piece
     */
    record Dribble(Octets bytes, int pieceBytes, Duration pause) implements Step {}

    /**
     * A 200 whose Content-Length is more than it sends, then FIN.
     *
     * @param declaredBytes the Content-Length
     * @param sent the part of the body that is sent
     */
    record Truncate(int declaredBytes, String sent) implements Step {}

    /**
     * A chunked 200 with one good chunk and then a size that is none; the connection stays open.
     *
     * @param goodChunk the data of the good chunk
     */
    record BadChunk(String goodChunk) implements Step {}

    /**
     * A 200 whose Content-Length is not the length of its body; the connection stays open.
     *
     * @param declaredBytes the Content-Length
     * @param body the body that is sent
     */
    record LieAboutLength(int declaredBytes, String body) implements Step {}

    /** Ends the connection by FIN, or by RST if unread bytes lie in it (as the system does). */
    record CloseSocket() implements Step {}

    /** Sends FIN and keeps reading, into nothing, until the peer ends the connection. */
    record HalfClose() implements Step {}

    /**
     * Sends FIN without the word that ends TLS (close_notify), as whoever is on the way can, and
     * keeps reading until the peer ends the connection.
     */
    record CutTls() implements Step {}

    /** Ends the connection by RST. */
    record Reset() implements Step {}

    /** Does nothing more, reads nothing, until the upstream is closed. */
    record Stall() implements Step {}

    /** Sends nothing and reads, into nothing, until the peer ends the connection. */
    record HoldUntilPeerEnds() implements Step {}

    /**
     * Waits for the test.
     *
     * @param latch what is waited for
     * @param atMost after that the connection is reset, so that no test waits for ever
     */
    record Await(CountDownLatch latch, Duration atMost) implements Step {}

    /**
     * Tells the test that the script has come here.
     *
     * @param latch counted down
     */
    record Signal(CountDownLatch latch) implements Step {}
}
