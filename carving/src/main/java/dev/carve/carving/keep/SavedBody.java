package dev.carve.carving.keep;

import java.util.Arrays;

/**
 * The begin of a body, or all of it. Nobody writes to the bytes.
 *
 * @param bytes what is kept, secrets taken out
 * @param length of the whole body as it was sent, -1 if that is not known
 */
@SuppressWarnings("ArrayRecordComponent") // Up to 64 KiB, never copied; equality is written below.
public record SavedBody(byte[] bytes, long length) {

    /** No body. */
    public static final SavedBody EMPTY = new SavedBody(new byte[0], 0);

    /** There was one, and nothing of it is kept. */
    public static final SavedBody NOT_KEPT = new SavedBody(new byte[0], -1);

    /** A body that is kept whole. */
    public static SavedBody of(byte[] bytes) {
        return new SavedBody(bytes, bytes.length);
    }

    /** Whether nothing of it is missing. */
    public boolean isWhole() {
        return length == bytes.length;
    }

    /** At most that many bytes of it. */
    SavedBody cut(long bytesMax) {
        return bytes.length <= bytesMax
                ? this
                : new SavedBody(Arrays.copyOf(bytes, (int) bytesMax), length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SavedBody(byte[] its, long itsLength)
                && length == itsLength
                && Arrays.equals(bytes, its);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " of " + length + " bytes";
    }
}
