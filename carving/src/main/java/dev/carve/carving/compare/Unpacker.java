package dev.carve.carving.compare;

import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Undoes the content coding of one body (RFC 9110, 8.4.1), for comparing only: gzip (RFC 1952),
 * deflate with its zlib frame (RFC 1950) or without as some servers send it, and br (RFC 7932). It
 * stops at a bound, so that a small body can not become a large one.
 *
 * <p>Threads: owned by one comparer. Holds memory outside of the heap until closed.
 */
final class Unpacker implements AutoCloseable {

    private static final int FIRST_BYTES = 4_096;
    private static final int KEPT_BYTES = 1 << 20;
    private static final byte[] NONE = {};

    private static final int GZIP_HEADER = 10;
    private static final int GZIP_TRAILER = 8;
    private static final int GZIP_FIELD_SUM = 2;
    private static final int GZIP_FIELD_EXTRA = 4;
    private static final int GZIP_FIELD_NAME = 8;
    private static final int GZIP_FIELD_COMMENT = 16;

    private final int max;
    private final Inflater zlib = new Inflater();
    private final Inflater raw = new Inflater(true);
    private final CRC32 sum = new CRC32();

    // Where unpacked bytes go, how many there are, and where the input goes on.
    private byte[] room = NONE;
    private int length;
    private int next;

    // The body: what came, or what it was unpacked to.
    private byte[] bytes = NONE;
    private int from;
    private int to;

    Unpacker(int max) {
        this.max = max;
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

    /** Takes a body as it came and undoes its coding; the reason if that can not be. */
    @Nullable Reason unpack(Answer answer, @Nullable String coding) {
        bytes = answer.bytes();
        from = answer.from();
        to = answer.to();
        if (coding == null || from == to || coding.equalsIgnoreCase("identity")) {
            return to - from > max ? Reason.TOO_LONG : null;
        }
        if (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip")) {
            return gzip();
        }
        if (coding.equalsIgnoreCase("deflate")) {
            return deflate();
        }
        if (coding.equalsIgnoreCase("br")) {
            return brotli();
        }
        return Reason.UNKNOWN_CODING;
    }

    /** Lets go of the body, and of the room of a large one. */
    void release() {
        bytes = NONE;
        from = 0;
        to = 0;
        if (room.length > KEPT_BYTES) {
            room = NONE;
        }
    }

    @Override
    public void close() {
        zlib.end();
        raw.end();
    }

    private @Nullable Reason gzip() {
        int at = from;
        length = 0;
        do {
            int start = gzipBody(at);
            if (start < 0) {
                return Reason.BAD_CODING;
            }
            int before = length;
            Reason fault = inflate(raw, start);
            if (fault != null) {
                return fault;
            }
            at = next;
            sum.reset();
            sum.update(room, before, length - before);
            if (to - at < GZIP_TRAILER
                    || int32(at) != (int) sum.getValue()
                    || int32(at + 4) != length - before) {
                return Reason.BAD_CODING;
            }
            at += GZIP_TRAILER;
        } while (at < to);
        return unpacked();
    }

    /** Where the compressed data of a member of gzip begin, or -1. */
    private int gzipBody(int start) {
        if (to - start < GZIP_HEADER
                || bytes[start] != 0x1F
                || bytes[start + 1] != (byte) 0x8B
                || bytes[start + 2] != 8) {
            return -1;
        }
        int flags = bytes[start + 3];
        int at = start + GZIP_HEADER;
        if ((flags & GZIP_FIELD_EXTRA) != 0) {
            if (to - at < 2) {
                return -1;
            }
            at += 2 + (bytes[at] & 0xFF) + ((bytes[at + 1] & 0xFF) << 8);
        }
        if ((flags & GZIP_FIELD_NAME) != 0) {
            at = afterZero(at);
        }
        if ((flags & GZIP_FIELD_COMMENT) != 0) {
            at = afterZero(at);
        }
        if ((flags & GZIP_FIELD_SUM) != 0) {
            at += 2;
        }
        return at < to ? at : -1;
    }

    private int afterZero(int start) {
        int at = start;
        while (at < to && bytes[at] != 0) {
            at++;
        }
        return at + 1;
    }

    private int int32(int at) {
        return (bytes[at] & 0xFF)
                | (bytes[at + 1] & 0xFF) << 8
                | (bytes[at + 2] & 0xFF) << 16
                | (bytes[at + 3] & 0xFF) << 24;
    }

    private @Nullable Reason deflate() {
        length = 0;
        Reason fault = inflate(zlib, from);
        if (fault == Reason.BAD_CODING) {
            length = 0;
            fault = inflate(raw, from);
        }
        if (fault != null) {
            return fault;
        }
        return next == to ? unpacked() : Reason.BAD_CODING;
    }

    /** Inflates one stream to the end of the room, and sets where the next one begins. */
    private @Nullable Reason inflate(Inflater inflater, int start) {
        inflater.reset();
        inflater.setInput(bytes, start, to - start);
        try {
            while (!inflater.finished()) {
                grow();
                int read = inflater.inflate(room, length, room.length - length);
                length += read;
                if (length > max) {
                    return Reason.TOO_LONG;
                }
                if (read == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    return Reason.BAD_CODING;
                }
            }
        } catch (DataFormatException e) {
            return Reason.BAD_CODING;
        }
        next = to - inflater.getRemaining();
        return null;
    }

    private @Nullable Reason brotli() {
        Brotli.Source source = Brotli.open(bytes, from, to);
        if (source == null) {
            return Reason.UNKNOWN_CODING;
        }
        length = 0;
        try (source) {
            while (true) {
                grow();
                int read = source.read(room, length, room.length - length);
                if (read == Brotli.BAD) {
                    return Reason.BAD_CODING;
                }
                if (read == Brotli.END) {
                    return unpacked();
                }
                length += read;
                if (length > max) {
                    return Reason.TOO_LONG;
                }
            }
        }
    }

    /** Makes room for at least one byte more, and for one byte past the bound. */
    private void grow() {
        if (length == room.length) {
            room = Arrays.copyOf(room, Math.min(max + 1, Math.max(FIRST_BYTES, 2 * length)));
        }
    }

    private @Nullable Reason unpacked() {
        bytes = room;
        from = 0;
        to = length;
        return null;
    }
}
