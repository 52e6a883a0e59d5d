package dev.carve.carving.compare;

import java.util.Objects;

/**
 * One side's answer, as it was kept for comparing. It borrows the bytes of its body, which nobody
 * may change any more; any thread. Not a record, for two answers are never asked whether they are
 * equal but by a {@link Comparer}.
 */
public final class Answer {

    private final int status;
    private final Fields fields;
    private final byte[] bytes;
    private final int from;
    private final int to;
    private final boolean whole;

    /**
     * An answer whose body lies in an array.
     *
     * @param status of the answer, such as 200
     * @param fields its header
     * @param bytes an array that holds the body as it came, content coding included
     * @param from where the body begins in it
     * @param to where it ends, exclusive
     * @param whole whether that is all of the body; what was cut is not compared
     */
    public Answer(int status, Fields fields, byte[] bytes, int from, int to, boolean whole) {
        Objects.checkFromToIndex(from, to, bytes.length);
        this.status = status;
        this.fields = fields;
        this.bytes = bytes;
        this.from = from;
        this.to = to;
        this.whole = whole;
    }

    /** An answer whose body fills the whole array. */
    public static Answer of(int status, Fields fields, byte[] body) {
        return new Answer(status, fields, body, 0, body.length, true);
    }

    int status() {
        return status;
    }

    Fields fields() {
        return fields;
    }

    byte[] bytes() {
        return bytes;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    boolean whole() {
        return whole;
    }

    /** The bytes of the body as it came. */
    public int length() {
        return to - from;
    }
}
