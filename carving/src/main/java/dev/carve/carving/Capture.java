package dev.carve.carving;

import dev.carve.http.DirectBytes;
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

    /** What is believed of a declared length before anything has come. */
    private static final int DECLARED_MAX = 64 * 1024;

    /** Room for a body that a free one keeps. */
    private static final int KEPT_BYTES = 4096;

    private final Head head = new Head();
    private byte[] body = EMPTY;
    private int length;
    private int expected;
    private boolean complete;

    void head(Head from) {
        head.copyFrom(from);
        expected = Math.min(declaredLength(), DECLARED_MAX);
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
        expected = 0;
        complete = false;
    }

    /** How many bytes the body has room for, which is the memory that it takes. */
    int capacity() {
        return body.length;
    }

    /** The capacity that so many bytes more ask for. */
    int capacityFor(int more) {
        return length + more <= body.length
                ? body.length
                : Math.max(
                        Math.max(length + more, expected), Math.max(FIRST_BYTES, body.length * 2));
    }

    /** Copies the bytes; the buffer stays as it is. */
    void data(ByteBuf chunk) {
        int more = chunk.readableBytes();
        int room = capacityFor(more);
        if (room > body.length) {
            body = Arrays.copyOf(body, room);
        }
        DirectBytes.get(chunk, body, length, more);
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
