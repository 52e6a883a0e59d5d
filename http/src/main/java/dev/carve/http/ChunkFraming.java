package dev.carve.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Writes what stands between the data of a chunked body (RFC 9112 section 7.1); {@link BodyDecoder}
 * reads it.
 *
 * <p>Any event loop; keeps nothing.
 */
final class ChunkFraming {

    /** The most that stands around the data of one chunk. */
    static final int CHUNK_BYTES_MAX = 20;

    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");
    private static final int LAST_CHUNK_LINE_BYTES = 3;
    private static final int LAST_BYTES_MAX = 16;

    private ChunkFraming() {}

    /** The line before the data. An empty chunk would end the body: count is at least 1. */
    static void begin(ByteBuf out, int count) {
        boolean started = false;
        for (int shift = 28; shift >= 0; shift -= 4) {
            int digit = count >>> shift & 15;
            if (digit != 0 || started || shift == 0) {
                out.writeByte(digit < 10 ? '0' + digit : 'a' + digit - 10);
                started = true;
            }
        }
        out.writeByte('\r').writeByte('\n');
    }

    /** What follows the data. */
    static void end(ByteBuf out) {
        out.writeByte('\r').writeByte('\n');
    }

    /** How much {@link #last} will write at most. */
    static int sizeOfLast(@Nullable Head trailer) {
        return trailer == null ? LAST_BYTES_MAX : trailer.length + LAST_BYTES_MAX;
    }

    /** The end of the body and its trailer fields. */
    static void last(ByteBuf out, @Nullable Head trailer) {
        if (trailer == null) {
            DirectBytes.put(out, LAST_CHUNK);
        } else {
            DirectBytes.put(out, LAST_CHUNK, 0, LAST_CHUNK_LINE_BYTES);
            HeadWriter.trailer(out, trailer);
        }
    }
}
