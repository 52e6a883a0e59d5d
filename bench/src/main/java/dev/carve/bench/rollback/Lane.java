package dev.carve.bench.rollback;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One carved route with its two sides and the clients that ask it at a steady rate, as many at the
 * one side as at the other. Its pace is a virtual thread; everything else is the command's.
 */
final class Lane implements AutoCloseable {

    private static final int USERS = 100;
    private static final int USERS_TRIED_MAX = 1_000;
    private static final long SECOND = 1_000_000_000;

    private final String route;
    private final Trouble trouble;
    private final HttpClient client;
    private final Side oldSide;
    private final Side newSide;
    private final List<String> oldUsers = new ArrayList<>();
    private final List<String> newUsers = new ArrayList<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean stopped;
    private @Nullable Thread pace;

    Lane(String route, Trouble trouble, HttpClient client) throws IOException {
        this.route = route;
        this.trouble = trouble;
        this.client = client;
        oldSide = new Side("old", trouble.errors());
        newSide = new Side("new", trouble.errors());
    }

    String route() {
        return route;
    }

    /** Its lines of the file's services. */
    String services() {
        return "  %1$s-old: http://127.0.0.1:%2$d%n  %1$s-new: http://127.0.0.1:%3$d%n"
                .formatted(route, oldSide.port(), newSide.port());
    }

    /** Its lines of the file's routes. */
    String routes() {
        return """
          - match: /%1$s
            name: %1$s
            to: %1$s-old
            carve:
              to: %1$s-new
              mirror: %2$s
              noise: 0%%
              shift: { steps: [50%%, 100%%], every: 1h, sticky: "header:x-user" }
              guard: { warm_up: 0s }
        """
                .formatted(route, trouble == Trouble.MISMATCHES ? "50%" : "0%");
    }

    private HttpRequest request(int port, String user) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + route))
                .header("X-User", user)
                .build();
    }

    /** Asks who answers whom until enough users of each side are known. */
    void findUsers(int port) throws IOException, InterruptedException {
        for (int i = 0; i < USERS_TRIED_MAX; i++) {
            String user = "u" + i;
            String side =
                    client.send(request(port, user), HttpResponse.BodyHandlers.discarding())
                            .headers()
                            .firstValue("X-Side")
                            .orElse("");
            List<String> users = side.equals("new") ? newUsers : oldUsers;
            if (users.size() < USERS) {
                users.add(user);
            }
            if (oldUsers.size() == USERS && newUsers.size() == USERS) {
                return;
            }
        }
        throw new IOException(
                "%s: %d users at the old side and %d at the new one (expected %d each)"
                        .formatted(route, oldUsers.size(), newUsers.size(), USERS));
    }

    /** Begins to ask, one request of each side at each tick, whatever becomes of those before. */
    void start(int port) {
        pace = Thread.ofVirtual().name("pace-" + route).start(() -> keepAsking(port));
    }

    private void keepAsking(int port) {
        long begun = System.nanoTime();
        for (long tick = 0; !stopped; tick++) {
            long due = begun + tick * SECOND / trouble.rate();
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            sent.incrementAndGet();
            ask(port, newUsers.get((int) (tick % USERS)));
            ask(port, oldUsers.get((int) (tick % USERS)));
        }
    }

    private void ask(int port, String user) {
        client.sendAsync(request(port, user), HttpResponse.BodyHandlers.discarding())
                .whenComplete((answer, failure) -> {
                    if (failure != null || answer.statusCode() != 200) {
                        failed.incrementAndGet();
                    }
                });
    }

    void breakNow() {
        newSide.breakBy(trouble);
    }

    /** Requests that were sent for the new side. */
    long sent() {
        return sent.get();
    }

    /** Requests of clients that got another answer than 200. */
    long failed() {
        return failed.get();
    }

    @Override
    public void close() {
        stopped = true;
        Thread asking = pace;
        if (asking != null) {
            try {
                asking.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        oldSide.close();
        newSide.close();
    }
}
