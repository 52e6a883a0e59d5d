package dev.carve.it.carving;

import dev.carve.testkit.Ports;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One side of a carve. Gives each answer in one write, so that it is there as a whole or not at all
 * however the process ends. A virtual thread for each connection.
 */
final class SideServer implements AutoCloseable {

    private static final int HEAD_MAX = 16_384;
    private static final int HEAD_END = 0x0d0a0d0a;
    private static final Pattern LENGTH =
            Pattern.compile("\r\ncontent-length: *([0-9]{1,6})\r\n", Pattern.CASE_INSENSITIVE);

    private final ServerSocket listening;
    private final Answers answers;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();
    private final Thread accepting;

    /** What is answered. */
    interface Answers {
        /**
         * The bytes of an answer.
         *
         * @param number of the request, from 1
         */
        byte[] to(String target, long number);
    }

    private SideServer(ServerSocket listening, Answers answers) {
        this.listening = listening;
        this.answers = answers;
        accepting = Thread.ofVirtual().name("side-accept").start(this::accept);
    }

    /** Accepts on that port of loopback, which the test holds ({@link Ports#refusing}). */
    static SideServer start(int port, Answers answers) throws IOException {
        var listening = new ServerSocket();
        listening.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
        return new SideServer(listening, answers);
    }

    /** JSON from a side that names itself. */
    static byte[] answer(int status, String side, String body) {
        return """
        HTTP/1.1 %d Status\r
        Content-Type: application/json\r
        X-Side: %s\r
        Content-Length: %d\r
        \r
        %s\
        """
                .formatted(status, side, body.length(), body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                open.add(socket);
                Thread.ofVirtual().name("side").start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String head = head(in);
            while (!head.isEmpty()) {
                Matcher length = LENGTH.matcher(head);
                in.skipNBytes(length.find() ? Long.parseLong(length.group(1)) : 0);
                String target = head.split(" ", 3)[1];
                socket.getOutputStream().write(answers.to(target, requests.incrementAndGet()));
                head = head(in);
            }
        } catch (IOException e) {
            // The gateway went away, or this side did.
        } finally {
            open.remove(socket);
        }
    }

    /** Up to the empty line; empty at the end of the connection. */
    private static String head(InputStream in) throws IOException {
        var bytes = new ByteArrayOutputStream();
        int last = 0;
        while (last != HEAD_END && bytes.size() < HEAD_MAX) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            bytes.write(next);
            last = (last << 8) | next;
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    /** From now on connections are refused, and those that are open end. */
    @Override
    public void close() {
        try {
            listening.close();
            accepting.join(); // It may hold the socket until it ends.
            for (Socket each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
