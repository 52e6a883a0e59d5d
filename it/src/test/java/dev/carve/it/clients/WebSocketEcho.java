package dev.carve.it.clients;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of RFC 6455 as far as an echo needs it: every frame goes back unmasked, a close
 * frame ends it. One thread.
 */
final class WebSocketEcho {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FRAME_MAX = 1 << 20;

    private WebSocketEcho() {}

    static void serve(@Nullable String key, InputStream from, OutputStream out) throws IOException {
        out.write(
                ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Accept: "
                                + accept(String.valueOf(key))
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        var in = new DataInputStream(from);
        while (true) {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte() & 127;
            if (length == 126) {
                length = in.readUnsignedShort();
            } else if (length == 127) {
                length = (int) Math.min(in.readLong(), FRAME_MAX);
            }
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i & 3];
            }
            int opcode = first & 15;
            frame(out, opcode == PING ? first - PING + PONG : first, payload);
            if (opcode == CLOSE) {
                return;
            }
        }
    }

    private static void frame(OutputStream out, int first, byte[] payload) throws IOException {
        out.write(first);
        if (payload.length < 126) {
            out.write(payload.length);
        } else if (payload.length < 1 << 16) {
            out.write(new byte[] {126, (byte) (payload.length >> 8), (byte) payload.length});
        } else {
            byte[] length = new byte[9];
            length[0] = 127;
            for (int i = 0; i < 4; i++) {
                length[8 - i] = (byte) (payload.length >> (8 * i));
            }
            out.write(length);
        }
        out.write(payload);
        out.flush();
    }

    private static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
