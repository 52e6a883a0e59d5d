package dev.carve.it.carving;

import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Users that never stop asking, each on a kept connection, wherever the gateway is just now; what
 * they did not get is kept with its circumstances. A virtual thread for each user; the test asks.
 */
final class LiveLoad implements AutoCloseable {

    private static final long PAUSE_NANOS = 4_000_000;
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int LOST_MAX = 10_000;

    /**
     * A request that got no good answer.
     *
     * @param port where it was sent
     * @param atNanos when that was known
     * @param method GET or POST
     * @param status of the answer, 0 for none
     * @param what happened
     */
    record Lost(int port, long atNanos, String method, int status, String what) {}

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final Queue<Lost> lost = new ConcurrentLinkedQueue<>();
    private final Set<Integer> refusing = ConcurrentHashMap.newKeySet();
    private volatile int port;
    private volatile boolean stopped;

    private LiveLoad(int port) {
        this.port = port;
    }

    /** Starts that many users who read and that many who write. */
    static LiveLoad start(int port, int readers, int writers) {
        var load = new LiveLoad(port);
        for (int i = 0; i < readers + writers; i++) {
            String user = "load" + i;
            String method = i < readers ? "GET" : "POST";
            load.threads.add(
                    Thread.ofVirtual().name(user).start(() -> load.keepAsking(user, method)));
        }
        return load;
    }

    private void keepAsking(String user, String method) {
        String request =
                method
                        + " /items/"
                        + user
                        + " HTTP/1.1\r\nHost: shop.test\r\nX-User: "
                        + user
                        + "\r\n"
                        + (method.equals("POST") ? "Content-Length: 2\r\n\r\nhi" : "\r\n");
        while (!stopped) {
            int to = port;
            try (RawClient client = RawClient.connect(to)) {
                while (!stopped && to == port) {
                    ask(client, to, method, request);
                }
            } catch (ConnectException e) {
                refusing.add(to);
            } catch (IOException e) {
                lose(new Lost(to, System.nanoTime(), method, 0, e.toString()));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void ask(RawClient client, int to, String method, String request) throws IOException {
        RawResponse answer = client.send(request).read(method);
        if (answer.status() == 200) {
            answered.incrementAndGet();
        } else {
            lose(
                    new Lost(
                            to,
                            System.nanoTime(),
                            method,
                            answer.status(),
                            answer.field("Carve-Error").orElse("no reason")));
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    private void lose(Lost one) {
        if (lost.size() < LOST_MAX) {
            lost.add(one);
        }
    }

    /** The gateway is there now. */
    void to(int now) {
        port = now;
    }

    /** Waits until so many more requests were answered well. */
    void awaitAnswers(int more) {
        long before = answered.get();
        Await.until(
                more + " more answers",
                WITHIN,
                () -> answered.get() - before >= more,
                () -> answered.get() - before + ", lost " + lost);
    }

    /** What was lost, in the order of knowing. */
    List<Lost> lost() {
        return List.copyOf(lost);
    }

    List<Lost> lost(String method) {
        return lost.stream().filter(each -> each.method().equals(method)).toList();
    }

    /** Ports on which a connection was refused. */
    Set<Integer> refusing() {
        return new TreeSet<>(refusing);
    }

    /** Forgets what was lost and refused so far. */
    void forget() {
        lost.clear();
        refusing.clear();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            for (Thread each : threads) {
                each.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
