package dev.carve.http;

import io.netty.buffer.ByteBuf;

/**
 * Writes a head and its edits as HTTP/1.1 bytes by copying runs of the arena: what no edit touches
 * leaves exactly as it came, down to the white space. Any event loop; keeps nothing.
 */
final class HeadWriter {

    /** What must be free in the buffer beside the head and its added lines. */
    static final int SPARE = 128;

    private static final byte[] VERSION_END = Ascii.bytes(" HTTP/1.1\r\n");
    private static final byte[] VERSION = Ascii.bytes("HTTP/1.1");
    private static final byte[] CHUNKED = Ascii.bytes("Transfer-Encoding: chunked\r\n");
    private static final byte[] UPGRADE = Ascii.bytes("Connection: Upgrade\r\n");
    private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: keep-alive\r\n");

    /** The connection line that a message carries; none is what HTTP/1.1 takes for keep-alive. */
    enum Connection {
        NONE,
        CLOSE,
        KEEP_ALIVE,
        UPGRADE
    }

    private HeadWriter() {}

    static int sizeOf(Head head, HeadEdits edits) {
        return head.length
                + edits.addedLength
                + SPARE
                + (edits.target == null ? 0 : edits.target.length);
    }

    static void request(
            ByteBuf out, Head head, HeadEdits edits, boolean chunked, Connection connection) {
        byte[] target = edits.target;
        if (target == null && head.minorVersion() == 1) {
            DirectBytes.put(out, head.bytes, 0, head.fieldsStart);
        } else {
            DirectBytes.put(out, head.bytes, 0, head.targetStart());
            if (target == null) {
                int length = head.targetEnd() - head.targetStart();
                DirectBytes.put(out, head.bytes, head.targetStart(), length);
            } else {
                DirectBytes.put(out, target);
            }
            DirectBytes.put(out, VERSION_END);
        }
        rest(out, head, edits, chunked, connection);
    }

    static void response(
            ByteBuf out, Head head, HeadEdits edits, boolean chunked, Connection connection) {
        DirectBytes.put(out, VERSION);
        if (head.lacksReason()) {
            // RFC 9112 section 4: the space stands there even where no reason follows.
            DirectBytes.put(out, head.bytes, VERSION.length, Head.STATUS_END - VERSION.length);
            out.writeByte(' ').writeByte('\r').writeByte('\n');
        } else {
            DirectBytes.put(out, head.bytes, VERSION.length, head.fieldsStart - VERSION.length);
        }
        rest(out, head, edits, chunked, connection);
    }

    private static void rest(
            ByteBuf out, Head head, HeadEdits edits, boolean chunked, Connection connection) {
        fields(out, head, edits);
        DirectBytes.put(out, edits.added, 0, edits.addedLength);
        if (chunked) {
            DirectBytes.put(out, CHUNKED);
        }
        switch (connection) {
            case NONE -> {}
            case CLOSE -> DirectBytes.put(out, CLOSE);
            case KEEP_ALIVE -> DirectBytes.put(out, KEEP_ALIVE);
            case UPGRADE -> DirectBytes.put(out, UPGRADE);
        }
        out.writeByte('\r').writeByte('\n');
    }

    private static void fields(ByteBuf out, Head head, HeadEdits edits) {
        int from = head.fieldsStart;
        if (edits.dropsAny()) {
            for (int i = 0; i < head.fields(); i++) {
                if (edits.isDropped(i)) {
                    DirectBytes.put(out, head.bytes, from, head.nameStart(i) - from);
                    from = head.lineEnd(i);
                }
            }
        }
        DirectBytes.put(out, head.bytes, from, head.length - from);
    }

    /** A trailer section and the empty line that ends it. */
    static void trailer(ByteBuf out, Head trailer) {
        DirectBytes.put(out, trailer.bytes, 0, trailer.length);
        out.writeByte('\r').writeByte('\n');
    }
}
