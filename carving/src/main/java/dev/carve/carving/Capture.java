package dev.carve.carving;

import dev.carve.http.Head;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * An answer as it went by: head and body as heap bytes, copied once. Written by the loop of its
 * request; read by a worker after it was handed over, and by nobody else. Used again and again, as
 * part of a {@link Observation}.
 */
final class Capture {

    private static final byte[] EMPTY = {};
    private static final int FIRST_BYTES = 2048;

    /** Room for a body that a free one keeps. */
    private static final int KEPT_BYTES = 4096;

    private final Head head = new Head();
    private byte[] body = EMPTY;
    private int length;
    private boolean complete;

    void head(Head from) {
        head.copyFrom(from);
        int declared = declaredLength();
        if (declared > body.length) {
            body = new byte[Math.min(declared, FIRST_BYTES * 32)];
        }
    }

    /** What the head says of the body's length, as far as it is a small number; else 0. */
    private int declaredLength() {
        int number = head.find(dev.carve.http.Field.CONTENT_LENGTH);
        if (number == Head.NONE) {
            return 0;
        }
        int from = head.valueStart(number);
        int to = head.valueEnd(number);
        int value = 0;
        for (int i = from; i < to && value < 1 << 24; i++) {
            value = value * 10 + (head.bytes()[i] - '0');
        }
        return value;
    }

    /** Free for another answer. */
    void clear() {
        head.clear();
        body = body.length > KEPT_BYTES ? EMPTY : body;
        length = 0;
        complete = false;
    }

    /** Copies the bytes; the buffer stays as it is. */
    void data(ByteBuf chunk) {
        int more = chunk.readableBytes();
        if (length + more > body.length) {
            int room = Math.max(length + more, Math.max(FIRST_BYTES, body.length * 2));
            body = Arrays.copyOf(body, room);
        }
        chunk.getBytes(chunk.readerIndex(), body, length, more);
        length += more;
    }

    void complete() {
        complete = true;
    }

    boolean isComplete() {
        return complete;
    }

    int status() {
        return head.status();
    }

    Head head() {
        return head;
    }

    /** Holds {@link #length} bytes of the body, and room behind them. */
    byte[] body() {
        return body;
    }

    int length() {
        return length;
    }
}
