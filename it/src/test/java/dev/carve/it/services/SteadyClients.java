package dev.carve.it.services;

import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Clients with kept connections, each sending its next GET when the last was answered: as many
 * requests under way as there are clients, at all times. What is not a whole 200 is kept as a
 * failure. A virtual thread for each client.
 */
final class SteadyClients implements AutoCloseable {

    /** One is too many already. */
    private static final int FAILURES_MAX = 100;

    private final int port;
    private final List<String> names;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLongArray byClient;
    private final AtomicLongArray byInstance;
    private final AtomicLong sent = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;

    private SteadyClients(int port, int clients, List<String> names) {
        this.port = port;
        this.names = List.copyOf(names);
        byClient = new AtomicLongArray(clients);
        byInstance = new AtomicLongArray(names.size());
    }

    /**
     * Starts that many clients.
     *
     * @param names what instances answer, each with its own
     */
    static SteadyClients start(int port, int clients, List<String> names) {
        var all = new SteadyClients(port, clients, names);
        for (int i = 0; i < clients; i++) {
            int number = i;
            all.threads.add(Thread.ofVirtual().name("client-" + i).start(() -> all.run(number)));
        }
        return all;
    }

    private void run(int number) {
        while (!stopped) {
            long from = System.nanoTime();
            try (RawClient client = RawClient.connect(port)) {
                while (!stopped) {
                    from = System.nanoTime();
                    sent.incrementAndGet();
                    answered(number, client.send("GET /work HTTP/1.1\r\nHost: h\r\n\r\n").read());
                }
            } catch (IOException failure) {
                failed(failure + " after " + (System.nanoTime() - from) / 1_000_000 + " ms");
            }
        }
    }

    private void answered(int number, RawResponse response) {
        int instance = names.indexOf(response.bodyText());
        if (response.status() == 200 && instance >= 0) {
            byInstance.incrementAndGet(instance);
        } else {
            failed(response.status() + " " + response.field("Carve-Error").orElse(""));
        }
        byClient.incrementAndGet(number);
    }

    private void failed(String what) {
        if (failures.size() < FAILURES_MAX) {
            failures.add(Instant.now() + " " + what);
        }
    }

    /** What went wrong, one text for each request. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    long sent() {
        return sent.get();
    }

    /** Whole answers of all instances. */
    long answered() {
        long sum = 0;
        for (int i = 0; i < names.size(); i++) {
            sum += byInstance.get(i);
        }
        return sum;
    }

    /** Whole answers of that instance. */
    long answeredBy(String name) {
        return byInstance.get(names.indexOf(name));
    }

    /** How many answers each client has had, to be given to {@link #haveAllHad}. */
    long[] turns() {
        long[] turns = new long[byClient.length()];
        for (int i = 0; i < turns.length; i++) {
            turns[i] = byClient.get(i);
        }
        return turns;
    }

    /** Whether every client has had an answer since; whatever was under way then is over. */
    boolean haveAllHad(long[] since) {
        for (int i = 0; i < since.length; i++) {
            if (byClient.get(i) <= since[i]) {
                return false;
            }
        }
        return true;
    }

    /** Lets each client have its last answer. */
    void stop() throws InterruptedException {
        stopped = true;
        for (Thread each : threads) {
            each.join();
        }
    }

    @Override
    public void close() {
        stopped = true;
    }
}
