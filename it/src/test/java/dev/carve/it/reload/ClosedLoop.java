package dev.carve.it.reload;

import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients with kept connections, each sending its next request when the last was answered, until
 * stopped or told {@code Connection: close} and then refused. A virtual thread for each.
 */
final class ClosedLoop implements AutoCloseable {

    private final int port;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    private ClosedLoop(int port) {
        this.port = port;
    }

    /** Starts that many clients. */
    static ClosedLoop start(int port, int clients) {
        var loop = new ClosedLoop(port);
        for (int i = 0; i < clients; i++) {
            loop.threads.add(Thread.ofVirtual().name("client-" + i).start(loop::run));
        }
        return loop;
    }

    private void run() {
        while (!stopped) {
            RawClient client;
            try {
                client = RawClient.connect(port);
            } catch (ConnectException e) {
                return; // it listens no more: nothing was sent
            } catch (IOException e) {
                lost.add("connect: " + e);
                return;
            }
            try (client) {
                if (!converse(client)) {
                    return;
                }
            } catch (IOException e) {
                lost.add(e.toString());
                return;
            }
        }
    }

    /** Requests on one connection; false if the run is over. */
    private boolean converse(RawClient client) throws IOException {
        while (!stopped) {
            sent.incrementAndGet();
            client.send("GET /small HTTP/1.1\r\nHost: h\r\n\r\n");
            RawResponse response = client.read();
            if (response.status() != 200 || !response.bodyText().equals("hello")) {
                lost.add(response.toString());
                return false;
            }
            answered.incrementAndGet();
            if (response.field("Connection").isPresent()) {
                return true;
            }
        }
        return false;
    }

    long answered() {
        return answered.get();
    }

    long sent() {
        return sent.get();
    }

    /** What went wrong, one text for each request. */
    List<String> lost() {
        return List.copyOf(lost);
    }

    /** Waits for the clients to end by themselves or, after {@link #stop}, with their request. */
    void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        stop();
    }
}
