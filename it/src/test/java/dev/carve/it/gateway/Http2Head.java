package dev.carve.it.gateway;

import dev.carve.http.Head;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A throw-away decoder of one HTTP/2 request (RFC 9113): frames, and literal header fields without
 * Huffman code or table (RFC 7541 section 6.2.2). Enough to show that its head is the same type.
 */
record Http2Head(Head head, String body) {

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int DATA = 0;
    private static final int HEADERS = 1;

    static Http2Head decode(byte[] wire) {
        ByteBuffer in = ByteBuffer.wrap(wire);
        if (!text(in, PREFACE.length()).equals(PREFACE)) {
            throw new IllegalArgumentException("no preface");
        }
        Head head = null;
        StringBuilder body = new StringBuilder();
        while (in.hasRemaining()) {
            int length = (in.get() & 255) << 16 | (in.get() & 255) << 8 | (in.get() & 255);
            int type = in.get();
            in.get(); // flags
            in.getInt(); // stream
            ByteBuffer payload = in.slice(in.position(), length);
            in.position(in.position() + length);
            if (type == HEADERS) {
                head = fields(payload);
            } else if (type == DATA) {
                body.append(text(payload, length));
            }
        }
        if (head == null) {
            throw new IllegalArgumentException("no HEADERS");
        }
        return new Http2Head(head, body.toString());
    }

    private static Head fields(ByteBuffer in) {
        Head head = new Head();
        String method = "";
        @Nullable String authority = null;
        while (in.hasRemaining()) {
            if (in.get() != 0) {
                throw new IllegalArgumentException("not a literal without indexing");
            }
            String name = text(in, in.get());
            String value = text(in, in.get());
            switch (name) {
                case ":method" -> method = value;
                case ":authority" -> authority = value;
                case ":path" -> head.startRequest(method, value);
                case ":scheme" -> {}
                default -> head.add(name, value);
            }
        }
        return authority == null ? head : head.add("host", authority);
    }

    private static String text(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
