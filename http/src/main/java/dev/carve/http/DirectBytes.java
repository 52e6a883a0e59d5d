package dev.carve.http;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies into and out of direct buffers by their address.
 *
 * <p>Implementation notes: Netty's own ways make one {@link java.nio.ByteBuffer} object or two for
 * each copy where it does without {@code sun.misc.Unsafe}, as it does by default since Java 24.
 * Those were most of what a forwarded request left to the collector. The bounds are checked here,
 * as the segment has none; a buffer without an address is copied by Netty.
 *
 * <p>Thread: the owner of the buffers.
 */
public final class DirectBytes {

    @SuppressWarnings("restricted") // Native access is enabled wherever Carve runs.
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private DirectBytes() {}

    /**
     * Copies {@code length} bytes from the beginning of what is readable; the buffer stays as it
     * is.
     *
     * @throws IndexOutOfBoundsException if there are not so many, or no room for them
     */
    public static void get(ByteBuf from, byte[] to, int at, int length) {
        if (!from.hasMemoryAddress()) {
            from.getBytes(from.readerIndex(), to, at, length);
            return;
        }
        if (length < 0 || length > from.readableBytes()) {
            throw new IndexOutOfBoundsException(length + " of " + from);
        }
        long address = from.memoryAddress() + from.readerIndex();
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, address, to, at, length);
    }

    /**
     * Appends {@code length} bytes of an array.
     *
     * @throws IndexOutOfBoundsException if there are not so many, or the buffer can not hold them
     */
    public static void put(ByteBuf to, byte[] from, int at, int length) {
        to.ensureWritable(length);
        if (!to.hasMemoryAddress()) {
            to.writeBytes(from, at, length);
            return;
        }
        int end = to.writerIndex();
        MemorySegment.copy(from, at, ALL, ValueLayout.JAVA_BYTE, to.memoryAddress() + end, length);
        to.writerIndex(end + length);
    }

    /** Appends all of an array. */
    public static void put(ByteBuf to, byte[] from) {
        put(to, from, 0, from.length);
    }

    /**
     * Appends what is readable of another buffer, which stays as it is.
     *
     * @throws IndexOutOfBoundsException if the buffer can not hold it
     */
    public static void put(ByteBuf to, ByteBuf from) {
        int length = from.readableBytes();
        to.ensureWritable(length);
        if (!to.hasMemoryAddress() || !from.hasMemoryAddress()) {
            to.writeBytes(from, from.readerIndex(), length);
            return;
        }
        int end = to.writerIndex();
        MemorySegment.copy(
                ALL,
                from.memoryAddress() + from.readerIndex(),
                ALL,
                to.memoryAddress() + end,
                length);
        to.writerIndex(end + length);
    }
}
