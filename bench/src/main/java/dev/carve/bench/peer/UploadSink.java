package dev.carve.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * A server that reads each request's body to its last byte, throws it away and then answers 200, or
 * 503 where it is told to. It counts a request only when the whole body has come, and refuses what
 * it cannot measure (Transfer-Encoding) with 501. One platform thread per connection; the load
 * opens 64.
 */
final class UploadSink {

    /** The argument after the port under which every answer is 503. */
    static final String FAILING = "failing";

    private static final int BUFFER_BYTES = 128 * 1024;

    private final LongAdder requests = new LongAdder();
    private final boolean failing;

    private UploadSink(boolean failing) {
        this.failing = failing;
    }

    public static void main(String[] args) throws IOException {
        boolean failing = args.length > 1 && args[1].equals(FAILING);
        new UploadSink(failing).serve(Integer.parseInt(args[0]));
    }

    private void serve(int port) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            while (true) {
                SocketChannel client = listener.accept();
                Thread.ofPlatform().daemon().start(() -> converse(client));
            }
        }
    }

    private void converse(SocketChannel client) {
        try (client) {
            ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
            in.flip();
            while (exchange(client, in)) {
                // The next request on the same connection.
            }
        } catch (IOException _) {
            // The gateway closed an idle connection; what it broke off is simply not counted.
        }
    }

    /** One request and its answer; false when the connection is over. */
    private boolean exchange(SocketChannel client, ByteBuffer in) throws IOException {
        String head = readHead(client, in);
        if (head.isEmpty()) {
            return false;
        }
        if (head.startsWith("GET " + JvmBackend.COUNT)) {
            answer(client, "200 OK", Long.toString(requests.sum()));
            return false;
        }
        String lower = head.toLowerCase(Locale.ROOT);
        if (lower.contains("\r\ntransfer-encoding:")) {
            answer(client, "501 Not Implemented", "");
            return false;
        }
        discard(client, in, contentLength(lower));
        requests.increment();
        if (failing) {
            answer(client, "503 Service Unavailable", "");
        } else {
            answer(client, "200 OK", "ok");
        }
        return true;
    }

    private static String readHead(SocketChannel client, ByteBuffer in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (true) {
            while (in.hasRemaining()) {
                head.append((char) (in.get() & 0xFF));
                if (head.length() >= 4
                        && head.charAt(head.length() - 1) == '\n'
                        && head.charAt(head.length() - 3) == '\n') {
                    return head.toString();
                }
            }
            in.clear();
            int read = client.read(in);
            in.flip();
            if (read < 0) {
                return "";
            }
        }
    }

    private static void discard(SocketChannel client, ByteBuffer in, long bytes)
            throws IOException {
        long left = bytes - take(in, bytes);
        while (left > 0) {
            in.clear();
            int read = client.read(in);
            in.flip();
            if (read < 0) {
                throw new IOException("upload ended " + left + " bytes early");
            }
            left -= take(in, left);
        }
    }

    private static long take(ByteBuffer in, long most) {
        int taken = (int) Math.min(most, in.remaining());
        in.position(in.position() + taken);
        return taken;
    }

    private static long contentLength(String lowerHead) {
        for (String line : lowerHead.lines().toList()) {
            if (line.startsWith("content-length:")) {
                return Long.parseLong(line.substring("content-length:".length()).strip());
            }
        }
        return 0;
    }

    private static void answer(SocketChannel client, String status, String body)
            throws IOException {
        String message =
                "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        ByteBuffer out = ByteBuffer.wrap(message.getBytes(StandardCharsets.US_ASCII));
        while (out.hasRemaining()) {
            client.write(out);
        }
    }
}
