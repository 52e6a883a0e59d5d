package dev.carve.bench.peer;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients of a service that answers nothing: each asks again a little after it was told that there
 * is no answer. Without the pause they would ask for refusals alone, some ten thousand times a
 * second, and the load would be that of another service, not of one that stalls. They come and ask
 * again at times of their own, not all at once.
 */
public final class Unanswered implements AutoCloseable {

    private static final int PAUSE_MAX_MILLIS = 100;
    private static final int COMING_MILLIS = 1_000;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final ConcurrentHashMap<Socket, Boolean> sockets = new ConcurrentHashMap<>();
    private final List<Thread> clients = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    private Unanswered() {}

    /** Returns when each has sent its first request. */
    public static Unanswered open(int port, String path, int count) throws InterruptedException {
        Unanswered all = new Unanswered();
        CountDownLatch begun = new CountDownLatch(count);
        byte[] request =
                ("GET " + path + " HTTP/1.1\r\nHost: bench.test\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < count; i++) {
            all.clients.add(Thread.ofVirtual().start(() -> all.client(port, request, begun)));
        }
        begun.await();
        return all;
    }

    private void client(int port, byte[] request, CountDownLatch begun) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int wait = random.nextInt(COMING_MILLIS);
        while (!isOver()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                sockets.put(socket, true);
                InputStream in = new BufferedInputStream(socket.getInputStream());
                while (!over.await(wait, TimeUnit.MILLISECONDS)) {
                    wait = random.nextInt(PAUSE_MAX_MILLIS);
                    socket.getOutputStream().write(request);
                    begun.countDown();
                    answer(in);
                }
                sockets.remove(socket);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (IOException e) {
                if (!isOver()) {
                    broken.incrementAndGet();
                }
                begun.countDown();
            }
        }
    }

    private boolean isOver() {
        return over.getCount() == 0;
    }

    private void answer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        Matcher length = LENGTH.matcher(head);
        if (length.find()) {
            in.skipNBytes(Long.parseLong(length.group(1)));
        }
        Matcher status = STATUS.matcher(head);
        boolean isRefusal =
                status.lookingAt()
                        && (status.group(1).equals("503") || status.group(1).equals("504"));
        (isRefusal ? refused : answered).incrementAndGet();
    }

    /** How often a client was told that there is no answer. */
    public long refused() {
        return refused.get();
    }

    /** How often one was told anything else, or lost its connection. */
    public long unexpected() {
        return answered.get() + broken.get();
    }

    @Override
    public void close() {
        over.countDown();
        for (Socket each : sockets.keySet()) {
            try {
                each.close();
            } catch (IOException _) {
                // It was to be closed anyway.
            }
        }
        try {
            for (Thread each : clients) {
                each.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
