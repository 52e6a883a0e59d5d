package dev.carve.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes the chunks of one body out of the bytes of a connection, by length, by chunk (RFC 9112
 * section 7.1) or until the connection ends. Strict: a chunk size is hexadecimal digits, lines end
 * with CRLF, an extension is bounded and holds no controls.
 *
 * <p>Thread: the event loop of its connection. Reused through {@link #start}.
 */
final class BodyDecoder {

    /** The longest line that may follow a chunk size. */
    private static final int EXTENSION_BYTES_MAX = 256;

    private static final int SIZE_DIGITS_MAX = 15;

    /**
     * The fields that frame, route or authenticate must not come in a trailer (RFC 9110, 6.5.1).
     */
    private static final long NOT_IN_TRAILER =
            Head.bit(Field.HOST)
                    | Head.bit(Field.CONTENT_LENGTH)
                    | Head.bit(Field.TRANSFER_ENCODING)
                    | Head.bit(Field.CONNECTION)
                    | Head.bit(Field.TRAILER)
                    | Head.bit(Field.TE)
                    | Head.bit(Field.UPGRADE)
                    | Head.bit(Field.EXPECT)
                    | Head.bit(Field.AUTHORIZATION)
                    | Head.bit(Field.COOKIE)
                    | Head.bit(Field.SET_COOKIE)
                    | Head.bit(Field.CONTENT_TYPE)
                    | Head.bit(Field.CONTENT_ENCODING)
                    | Head.bit(Field.X_FORWARDED_FOR)
                    | Head.bit(Field.X_FORWARDED_PROTO)
                    | Head.bit(Field.X_FORWARDED_HOST)
                    | Head.bit(Field.X_REQUEST_ID)
                    | Head.bit(Field.CARVE_TIMEOUT);

    private enum State {
        DATA,
        SIZE,
        EXTENSION,
        SIZE_LF,
        CHUNK_CR,
        CHUNK_LF,
        TRAILER,
        DONE,
        BAD
    }

    private Framing.Kind kind = Framing.Kind.NONE;
    private State state = State.DONE;
    private long remaining;
    private int digits;
    private int extension;
    private long received;
    private @Nullable Head trailer;
    private boolean hasTrailer;
    private @Nullable Malformed problem;

    void start(Framing.Kind kind, long length) {
        this.kind = kind;
        remaining = kind == Framing.Kind.UNTIL_CLOSE ? Long.MAX_VALUE : length;
        digits = 0;
        extension = 0;
        received = 0;
        hasTrailer = false;
        problem = null;
        state =
                switch (kind) {
                    case NONE -> State.DONE;
                    case LENGTH, UNTIL_CLOSE -> State.DATA;
                    case CHUNKED -> State.SIZE;
                };
        if (trailer != null) {
            trailer.clear();
        }
    }

    boolean isDone() {
        return state == State.DONE;
    }

    boolean isBad() {
        return state == State.BAD;
    }

    Malformed problem() {
        return problem == null ? Malformed.CHUNK_SIZE : problem;
    }

    /** Body bytes taken so far, without framing. */
    long received() {
        return received;
    }

    /** The declared length, -1 if there is none. */
    long declared() {
        return switch (kind) {
            case NONE -> 0;
            case LENGTH -> received + remaining;
            case CHUNKED, UNTIL_CLOSE -> -1;
        };
    }

    /** The trailer fields once the body is done, null if there are none. */
    @Nullable Head trailer() {
        return hasTrailer ? trailer : null;
    }

    /** Whether the end of the connection ends this body well; {@link #isDone} afterwards if so. */
    boolean endOfInput() {
        if (kind == Framing.Kind.UNTIL_CLOSE) {
            state = State.DONE;
        }
        return state == State.DONE;
    }

    /**
     * The next chunk of data at the reader index, for the caller to release; null when the bytes at
     * hand hold no more, or the body is done or bad.
     */
    @Nullable ByteBuf next(ByteBuf in, HeadParser parser, HeadLimits limits) {
        while (in.isReadable()) {
            switch (state) {
                case DATA -> {
                    return takeData(in);
                }
                case SIZE -> readSize(in);
                case EXTENSION -> readExtension(in);
                case SIZE_LF -> {
                    expect(in, '\n', remaining == 0 ? State.TRAILER : State.DATA);
                }
                case CHUNK_CR -> expect(in, '\r', State.CHUNK_LF);
                case CHUNK_LF -> {
                    expect(in, '\n', State.SIZE);
                    digits = 0;
                }
                case TRAILER -> readTrailer(in, parser, limits);
                case DONE, BAD -> {
                    return null;
                }
            }
        }
        return null;
    }

    private ByteBuf takeData(ByteBuf in) {
        int count = (int) Math.min(remaining, in.readableBytes());
        received += count;
        if (kind != Framing.Kind.UNTIL_CLOSE) {
            remaining -= count;
            if (remaining == 0) {
                state = kind == Framing.Kind.CHUNKED ? State.CHUNK_CR : State.DONE;
            }
        }
        return in.readRetainedSlice(count);
    }

    private void readSize(ByteBuf in) {
        byte b = in.readByte();
        int digit = Ascii.hex(b);
        if (digit >= 0 && digits < SIZE_DIGITS_MAX) {
            remaining = digits == 0 ? digit : remaining << 4 | digit;
            digits++;
        } else if (digits == 0 || digit >= 0) {
            bad(Malformed.CHUNK_SIZE);
        } else if (b == '\r') {
            state = State.SIZE_LF;
        } else if (b == ';') {
            extension = 0;
            state = State.EXTENSION;
        } else {
            bad(Malformed.CHUNK_SIZE);
        }
    }

    /** RFC 9112 section 7.1.1: a recipient ignores extensions it does not know; we know none. */
    private void readExtension(ByteBuf in) {
        byte b = in.readByte();
        if (b == '\r') {
            state = State.SIZE_LF;
        } else if (!Ascii.isValue(b) || ++extension > EXTENSION_BYTES_MAX) {
            bad(Malformed.CHUNK_EXTENSION);
        }
    }

    private void expect(ByteBuf in, char wanted, State then) {
        if (in.readByte() == wanted) {
            state = then;
        } else {
            bad(Malformed.CHUNK_END);
        }
    }

    private void readTrailer(ByteBuf in, HeadParser parser, HeadLimits limits) {
        Head fields = trailer;
        if (fields == null) {
            fields = new Head();
            trailer = fields;
        }
        int before = fields.length;
        int count = Math.min(in.readableBytes(), Math.max(1, limits.headBytes() - before));
        fields.reserve(count);
        DirectBytes.get(in, fields.bytes, before, count);
        fields.length += count;
        int end = parser.trailer(fields, limits);
        if (end == HeadParser.MORE) {
            in.skipBytes(count);
        } else if (end == HeadParser.BAD) {
            Malformed why = parser.problem();
            bad(why == Malformed.HEAD_TOO_LARGE ? Malformed.TRAILER_TOO_LARGE : why);
        } else if (fields.hasAny(NOT_IN_TRAILER)) {
            bad(Malformed.TRAILER);
        } else {
            in.skipBytes(end - before);
            hasTrailer = fields.fields() > 0;
            state = State.DONE;
        }
    }

    private void bad(Malformed why) {
        problem = why;
        state = State.BAD;
    }
}
