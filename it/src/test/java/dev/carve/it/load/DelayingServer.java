package dev.carve.it.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;

/**
 * Answers every request 200 after a delay that depends on its number, never earlier. A virtual
 * thread for each connection.
 */
final class DelayingServer implements AutoCloseable {

    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listening;
    private final LongUnaryOperator delayNanos;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();

    /**
     * @param delayNanos for the request of that number, from 1
     */
    DelayingServer(LongUnaryOperator delayNanos) throws IOException {
        this.delayNanos = delayNanos;
        listening = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("delaying-accept").start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + listening.getLocalPort() + "/";
    }

    /** Requests that were read. */
    long requests() {
        return requests.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                Thread.ofVirtual().name("delaying").start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (readHead(in)) {
                long end = System.nanoTime() + delayNanos.applyAsLong(requests.incrementAndGet());
                for (long left = end - System.nanoTime();
                        left > 0;
                        left = end - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                socket.getOutputStream().write(ANSWER);
            }
        } catch (IOException e) {
            // the client has gone
        } finally {
            open.remove(socket);
        }
    }

    /** Reads to the empty line; false at the end of the connection. */
    private static boolean readHead(InputStream in) throws IOException {
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        return true;
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
