package dev.carve.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Clients with kept connections whose every request gets its answer before they end, so that what a
 * backend counted can be set against it to the last one. Answers must have no body.
 */
public final class CountedRequests {

    private static final int STATUS_AT = "HTTP/1.1 ".length();

    /**
     * What came of them.
     *
     * @param unexpected of these, those that were answered otherwise than expected
     */
    public record Count(long requests, long unexpected) {}

    private CountedRequests() {}

    /** Asks for a time, each client one request after the other. */
    public static Count run(int port, String path, int status, int clients, Duration time)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        List<FutureTask<Count>> tasks = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            FutureTask<Count> task = new FutureTask<>(() -> ask(port, path, status, end));
            tasks.add(task);
            Thread.ofVirtual().start(task);
        }
        long requests = 0;
        long unexpected = 0;
        for (FutureTask<Count> each : tasks) {
            try {
                requests += each.get().requests();
                unexpected += each.get().unexpected();
            } catch (ExecutionException e) {
                throw new IOException("a client had no answer", e.getCause());
            }
        }
        return new Count(requests, unexpected);
    }

    private static Count ask(int port, String path, int status, long end) throws IOException {
        byte[] request =
                ("GET " + path + " HTTP/1.1\r\nHost: bench.test\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        String wanted = Integer.toString(status);
        ByteBuffer in = ByteBuffer.allocate(4096);
        long requests = 0;
        long unexpected = 0;
        try (SocketChannel client =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            while (System.nanoTime() - end < 0) {
                client.write(ByteBuffer.wrap(request));
                String head = head(client, in.clear());
                requests++;
                unexpected += head.startsWith(wanted, STATUS_AT) ? 0 : 1;
            }
        }
        return new Count(requests, unexpected);
    }

    private static String head(SocketChannel client, ByteBuffer in) throws IOException {
        while (true) {
            if (client.read(in) < 0 || !in.hasRemaining()) {
                throw new IOException("no whole answer, but " + in.position() + " bytes");
            }
            String got = StandardCharsets.ISO_8859_1.decode(in.duplicate().flip()).toString();
            if (got.endsWith("\r\n\r\n")) {
                return got;
            }
        }
    }
}
