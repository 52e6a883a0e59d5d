package dev.carve.load;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one answer after another from a connection's bytes and holds them to RFC 9112: what could
 * hide where an answer ends is a problem, never repaired. Keeps no body; a cut line is kept until
 * the rest comes.
 *
 * <p>Owned by one connection, used on its loop only.
 */
final class ResponseReader {

    static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int CHUNK_LINE_BYTES_MAX = 4096;
    private static final int INTERIM_MAX = 100;

    private enum State {
        STATUS_LINE,
        FIELD_LINE,
        FIXED_BODY,
        BODY_TO_CLOSE,
        CHUNK_SIZE,
        CHUNK_BODY,
        CHUNK_END,
        TRAILER_LINE,
        COMPLETE,
        BROKEN
    }

    private final byte @Nullable [] expectedBody;

    private State state = State.COMPLETE;
    private boolean headRequest;
    private byte[] partial = new byte[0];
    private int partialLength;
    private int lineBytes;
    private int interim;

    private int status;
    private boolean http10;
    private boolean close;
    private boolean keepAliveNamed;
    private boolean chunked;
    private long length;
    private long left;
    private long bodyBytes;
    private boolean bodyMatches;
    private @Nullable String problem;

    /**
     * @param expectedBody what bodies are compared with, or null
     */
    ResponseReader(byte @Nullable [] expectedBody) {
        this.expectedBody = expectedBody;
    }

    /** Readies it for the answer to the next request. */
    void begin(boolean answersHead) {
        headRequest = answersHead;
        interim = 0;
        partialLength = 0;
        problem = null;
        startHead();
    }

    private void startHead() {
        state = State.STATUS_LINE;
        lineBytes = 0;
        status = 0;
        http10 = false;
        close = false;
        keepAliveNamed = false;
        chunked = false;
        length = -1;
        bodyBytes = 0;
        bodyMatches = true;
    }

    boolean isComplete() {
        return state == State.COMPLETE;
    }

    /** What broke the framing, or null. */
    @Nullable String problem() {
        return problem;
    }

    int status() {
        return status;
    }

    long bodyBytes() {
        return bodyBytes;
    }

    /** Whether any byte of an answer has come. */
    boolean hasStarted() {
        return state != State.STATUS_LINE || partialLength > 0 || interim > 0;
    }

    boolean bodyMatches() {
        return bodyMatches && (expectedBody == null || bodyBytes == expectedBody.length);
    }

    /** Whether the connection may carry another request after a complete answer. */
    boolean keepsAlive() {
        return !close && (!http10 || keepAliveNamed);
    }

    /** The peer closed; completes an answer that ends there and tells whether it did. */
    boolean endOfInput() {
        if (state == State.BODY_TO_CLOSE) {
            state = State.COMPLETE;
            return true;
        }
        return false;
    }

    /**
     * Reads on.
     *
     * @return the index after the last byte used; below {@code to} only if the answer is complete
     *     (the rest is stray) or broken
     */
    int read(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && state != State.COMPLETE && state != State.BROKEN) {
            switch (state) {
                case FIXED_BODY, CHUNK_BODY -> at = body(bytes, at, to);
                case BODY_TO_CLOSE -> {
                    take(bytes, at, to);
                    at = to;
                }
                case STATUS_LINE, FIELD_LINE, CHUNK_SIZE, CHUNK_END, TRAILER_LINE ->
                        at = line(bytes, at, to);
                case COMPLETE, BROKEN -> throw new AssertionError(state);
            }
        }
        return at;
    }

    private int body(byte[] bytes, int from, int to) {
        int end = (int) Math.min(to, from + left);
        take(bytes, from, end);
        left -= end - from;
        if (left == 0) {
            state = state == State.FIXED_BODY ? State.COMPLETE : State.CHUNK_END;
        }
        return end;
    }

    private void take(byte[] bytes, int from, int to) {
        if (expectedBody != null && bodyMatches) {
            long end = bodyBytes + to - from;
            bodyMatches =
                    end <= expectedBody.length
                            && Arrays.equals(
                                    bytes, from, to, expectedBody, (int) bodyBytes, (int) end);
        }
        bodyBytes += to - from;
    }

    /** Finds the end of a line, joins it with what came before, and hands it on. */
    private int line(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != '\n') {
            at++;
        }
        int used = Math.min(at + 1, to);
        lineBytes += used - from;
        if (lineBytes > bound()) {
            broken("a head or chunk line longer than " + bound() + " bytes");
            return used;
        }
        if (at == to) {
            keep(bytes, from, to);
        } else if (partialLength == 0) {
            ended(bytes, from, used);
        } else {
            keep(bytes, from, used);
            int joined = partialLength;
            partialLength = 0;
            ended(partial, 0, joined);
        }
        return used;
    }

    private int bound() {
        return state == State.CHUNK_SIZE || state == State.CHUNK_END
                ? CHUNK_LINE_BYTES_MAX
                : HEAD_BYTES_MAX;
    }

    private void keep(byte[] bytes, int from, int to) {
        int needed = partialLength + to - from;
        if (needed > partial.length) {
            partial = Arrays.copyOf(partial, Math.max(256, Math.max(needed, 2 * partial.length)));
        }
        System.arraycopy(bytes, from, partial, partialLength, to - from);
        partialLength = needed;
    }

    /**
     * A line with its end, which must be CRLF; no other control character but tab may be inside.
     */
    private void ended(byte[] bytes, int from, int to) {
        int end = to - 2;
        if (end < from || bytes[end] != '\r') {
            broken("a line that does not end with CRLF");
            return;
        }
        for (int i = from; i < end; i++) {
            byte b = bytes[i];
            if ((b >= 0 && b < 0x20 && b != '\t') || b == 0x7f) {
                broken("a control character in a line");
                return;
            }
        }
        switch (state) {
            case STATUS_LINE -> statusLine(bytes, from, end);
            case FIELD_LINE -> {
                if (from == end) {
                    headEnded();
                } else {
                    field(bytes, from, end);
                }
            }
            case CHUNK_SIZE -> chunkSize(bytes, from, end);
            case CHUNK_END -> {
                lineBytes = 0;
                if (from == end) {
                    state = State.CHUNK_SIZE;
                } else {
                    broken("a chunk longer than its size");
                }
            }
            case TRAILER_LINE -> {
                if (from == end) {
                    state = State.COMPLETE;
                } else {
                    colon(bytes, from, end);
                }
            }
            case FIXED_BODY, BODY_TO_CLOSE, CHUNK_BODY, COMPLETE, BROKEN ->
                    throw new AssertionError(state);
        }
    }

    /**
     * HTTP/1.x, a space, three digits, and a space before the reason, which may be missing whole.
     */
    private void statusLine(byte[] bytes, int from, int end) {
        boolean wellFormed =
                end - from >= 12
                        && bytes[from] == 'H'
                        && bytes[from + 1] == 'T'
                        && bytes[from + 2] == 'T'
                        && bytes[from + 3] == 'P'
                        && bytes[from + 4] == '/'
                        && bytes[from + 5] == '1'
                        && bytes[from + 6] == '.'
                        && (bytes[from + 7] == '0' || bytes[from + 7] == '1')
                        && bytes[from + 8] == ' '
                        && bytes[from + 9] >= '1'
                        && bytes[from + 9] <= '5'
                        && isDigit(bytes[from + 10])
                        && isDigit(bytes[from + 11])
                        && (end - from == 12 || bytes[from + 12] == ' ');
        if (!wellFormed) {
            broken("no HTTP/1 status line");
            return;
        }
        http10 = bytes[from + 7] == '0';
        status =
                (bytes[from + 9] - '0') * 100
                        + (bytes[from + 10] - '0') * 10
                        + bytes[from + 11]
                        - '0';
        state = State.FIELD_LINE;
    }

    /** Where the name ends, or -1 with the problem told. */
    private int colon(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && HttpBytes.isToken(bytes[at])) {
            at++;
        }
        if (at == from || at == end || bytes[at] != ':') {
            broken("a malformed field line");
            return -1;
        }
        return at;
    }

    private void field(byte[] bytes, int from, int end) {
        int colon = colon(bytes, from, end);
        if (colon < 0) {
            return;
        }
        int nameLength = colon - from;
        if (nameLength != 14 && nameLength != 17 && nameLength != 10) {
            return;
        }
        int start = colon + 1;
        while (start < end && isBlank(bytes[start])) {
            start++;
        }
        int stop = end;
        while (stop > start && isBlank(bytes[stop - 1])) {
            stop--;
        }
        if (HttpBytes.equalsIgnoreCase(bytes, from, colon, "content-length")) {
            contentLength(bytes, start, stop);
        } else if (HttpBytes.equalsIgnoreCase(bytes, from, colon, "transfer-encoding")) {
            if (chunked || !HttpBytes.equalsIgnoreCase(bytes, start, stop, "chunked")) {
                broken("a transfer coding other than chunked");
            }
            chunked = true;
        } else if (HttpBytes.equalsIgnoreCase(bytes, from, colon, "connection")) {
            connection(bytes, start, stop);
        }
    }

    private void contentLength(byte[] bytes, int from, int to) {
        if (from == to || to - from > 18 || length >= 0) {
            broken("a repeated or malformed Content-Length");
            return;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            if (!isDigit(bytes[i])) {
                broken("a malformed Content-Length");
                return;
            }
            value = value * 10 + bytes[i] - '0';
        }
        length = value;
    }

    private void connection(byte[] bytes, int from, int to) {
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i == to || bytes[i] == ',') {
                int first = start;
                int last = i;
                while (first < last && isBlank(bytes[first])) {
                    first++;
                }
                while (last > first && isBlank(bytes[last - 1])) {
                    last--;
                }
                close |= HttpBytes.equalsIgnoreCase(bytes, first, last, "close");
                keepAliveNamed |= HttpBytes.equalsIgnoreCase(bytes, first, last, "keep-alive");
                start = i + 1;
            }
        }
    }

    /** RFC 9112 section 6.3: which body follows. */
    private void headEnded() {
        if (chunked && length >= 0) {
            broken("both Content-Length and Transfer-Encoding");
        } else if (chunked && http10) {
            broken("Transfer-Encoding in HTTP/1.0");
        } else if (status == 101) {
            broken("101, which no request asked for");
        } else if (status < 200) {
            if (++interim > INTERIM_MAX) {
                broken("more than 100 interim answers");
            } else {
                startHead();
            }
        } else if (headRequest || status == 204 || status == 304) {
            state = State.COMPLETE;
        } else if (chunked) {
            lineBytes = 0;
            state = State.CHUNK_SIZE;
        } else if (length >= 0) {
            left = length;
            state = length == 0 ? State.COMPLETE : State.FIXED_BODY;
        } else {
            close = true;
            state = State.BODY_TO_CLOSE;
        }
    }

    private void chunkSize(byte[] bytes, int from, int end) {
        long size = 0;
        int at = from;
        while (at < end && hex(bytes[at]) >= 0) {
            if (at - from == 15) {
                broken("a malformed chunk size");
                return;
            }
            size = size << 4 | hex(bytes[at]);
            at++;
        }
        // Extensions may follow, after blanks that RFC 9112 section 7.1.1 lets a recipient accept.
        int extension = at;
        while (extension < end && isBlank(bytes[extension])) {
            extension++;
        }
        if (at == from || (at != end && (extension == end || bytes[extension] != ';'))) {
            broken("a malformed chunk size");
            return;
        }
        lineBytes = 0;
        left = size;
        state = size == 0 ? State.TRAILER_LINE : State.CHUNK_BODY;
    }

    private void broken(String what) {
        if (problem == null) {
            problem = what;
        }
        state = State.BROKEN;
    }

    private static int hex(byte b) {
        if (isDigit(b)) {
            return b - '0';
        }
        int folded = b | 0x20;
        return folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }
}
