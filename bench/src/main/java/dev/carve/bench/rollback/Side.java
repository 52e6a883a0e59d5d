package dev.carve.bench.rollback;

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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One side of a carve: answers after a lognormal time, some of the answers errors, until it breaks.
 * A virtual thread for each connection.
 */
final class Side implements AutoCloseable {

    private static final double MEDIAN_NANOS = 5e6;
    private static final double SIGMA = 0.8;

    /** 1.645 standard deviations above the median. */
    private static final double P95_NANOS = MEDIAN_NANOS * Math.exp(1.645 * SIGMA);

    private static final double ERRORS_BROKEN = 0.3;
    private static final double MISMATCHES_BROKEN = 0.01;
    private static final double WAITING_BROKEN = 0.1;
    private static final int HEAD_MAX = 16_384;
    private static final int HEAD_END = 0x0d0a0d0a;

    private final String name;
    private final double errors;
    private final ServerSocket listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Trouble trouble;

    /**
     * @param errors the share of answers that are errors while nothing is wrong
     */
    Side(String name, double errors) throws IOException {
        this.name = name;
        this.errors = errors;
        listening = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("side-accept").start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** From now on this is wrong with it. */
    void breakBy(Trouble what) {
        trouble = what;
        if (what == Trouble.REFUSED) {
            close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                Thread.ofVirtual().name("side").start(() -> serve(socket));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (readHead(in)) {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                LockSupport.parkNanos(delayNanos(random));
                socket.getOutputStream().write(answer(random));
            }
        } catch (IOException _) {
            // The gateway went away, or this side did.
        } finally {
            open.remove(socket);
        }
    }

    private long delayNanos(ThreadLocalRandom random) {
        double nanos = MEDIAN_NANOS * Math.exp(SIGMA * random.nextGaussian());
        if (trouble == Trouble.SLOW) {
            nanos *= 2;
        } else if (trouble == Trouble.SLOW_TAIL && random.nextDouble() < WAITING_BROKEN) {
            nanos = 2 * P95_NANOS;
        }
        return (long) nanos;
    }

    private byte[] answer(ThreadLocalRandom random) {
        boolean fails = random.nextDouble() < (trouble == Trouble.ERRORS ? ERRORS_BROKEN : errors);
        boolean differs = trouble == Trouble.MISMATCHES && random.nextDouble() < MISMATCHES_BROKEN;
        String body = fails ? "{\"error\":true}" : "{\"total\":" + (differs ? 99 : 100) + "}";
        return """
        HTTP/1.1 %s\r
        Content-Type: application/json\r
        X-Side: %s\r
        Content-Length: %d\r
        \r
        %s\
        """
                .formatted(fails ? "500 Error" : "200 OK", name, body.length(), body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a request's head; false at the end of the connection. */
    private static boolean readHead(InputStream in) throws IOException {
        int last = 0;
        for (int read = 0; last != HEAD_END && read < HEAD_MAX; read++) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            last = (last << 8) | next;
        }
        return true;
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket each : open) {
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
