package dev.carve.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An upstream on a real socket of loopback whose behaviour on each connection is a {@link Script},
 * and which records every connection and every request exactly. The first connection runs the first
 * script, and so on; the last script serves all that follow.
 *
 * <p>It accepts on one virtual thread and serves each connection on another; {@link #close} ends
 * them all. Any thread may ask and wait.
 */
public sealed class ScriptedUpstream implements AutoCloseable permits RecordingUpstream {

    private static final int CONNECTIONS_MAX = 20_000;
    private static final int REQUESTS_KEPT = 20_000;
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private final Socket reserved = Ports.reserve();
    private final int port = reserved.getLocalPort();

    private final @Nullable TlsServer tls;

    // Guarded by lock.
    private final List<UpstreamConnection> connections = new ArrayList<>();
    private final List<RecordedRequest> requests = new ArrayList<>();
    private List<Script> scripts;
    private int scriptsUsed;
    private long requestCount;
    private boolean closed;
    private @Nullable Listening listening;

    ScriptedUpstream(List<Script> scripts) {
        this(scripts, null);
    }

    private ScriptedUpstream(List<Script> scripts, @Nullable TlsServer tls) {
        this.tls = tls;
        if (scripts.isEmpty()) {
            throw new IllegalArgumentException("scripts: none (expected: at least one)");
        }
        this.scripts = List.copyOf(scripts);
        this.listening = listen();
    }

    /** Starts on a free port of loopback with those scripts. */
    public static ScriptedUpstream start(Script... scripts) {
        return new ScriptedUpstream(List.of(scripts));
    }

    /** The same with TLS over each connection. */
    public static ScriptedUpstream startSecure(TlsServer tls, Script... scripts) {
        return new ScriptedUpstream(List.of(scripts), tls);
    }

    private Listening listen() {
        try {
            var socket = new ServerSocket();
            socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
            Thread accepting =
                    Thread.ofVirtual()
                            .name("upstream-accept-" + port)
                            .start(() -> acceptUntilClosed(socket));
            return new Listening(socket, accepting);
        } catch (IOException e) {
            throw new UncheckedIOException("upstream: no listening socket on port " + port, e);
        }
    }

    private void acceptUntilClosed(ServerSocket socket) {
        try {
            while (true) {
                serve(socket.accept());
            }
        } catch (IOException e) {
            // the listening socket was closed
        }
    }

    private void serve(Socket socket) throws IOException {
        lock.lock();
        try {
            if (closed || connections.size() >= CONNECTIONS_MAX) {
                socket.close();
                return;
            }
            Script script = scripts.get(Math.min(scriptsUsed, scripts.size() - 1));
            scriptsUsed++;
            int number = connections.size();
            var connection = new UpstreamConnection(this, number, socket, tls, script);
            connections.add(connection);
            Thread.ofVirtual().name("upstream-" + port + "-" + number).start(connection);
            change.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The port it listens on. */
    public final int port() {
        return port;
    }

    /** Replaces the scripts; the next connection runs the first of them. */
    public final void script(Script... following) {
        lock.lock();
        try {
            scripts = List.of(following);
            scriptsUsed = 0;
        } finally {
            lock.unlock();
        }
    }

    /** From now on connection attempts are refused by RST; the port stays taken. */
    public final void refuseConnections() {
        Listening stopped;
        lock.lock();
        try {
            stopped = listening;
            listening = null;
        } finally {
            lock.unlock();
        }
        if (stopped != null) {
            stopped.close();
        }
    }

    /** Accepts again after {@link #refuseConnections}. */
    public final void acceptConnections() {
        lock.lock();
        try {
            if (listening == null && !closed) {
                listening = listen();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends all open connections from this side. */
    public final void cutConnections() {
        for (UpstreamConnection connection : snapshot()) {
            connection.cut();
        }
    }

    private List<UpstreamConnection> snapshot() {
        lock.lock();
        try {
            return List.copyOf(connections);
        } finally {
            lock.unlock();
        }
    }

    /** Every connection so far, in the order of accepting. */
    public final List<RecordedConnection> connections() {
        return snapshot().stream().map(UpstreamConnection::view).toList();
    }

    /** How many connections are open on this side. */
    public final int openConnections() {
        return (int) connections().stream().filter(RecordedConnection::open).count();
    }

    /** Every whole request so far, in the order of completion, the first 20,000 of them. */
    public final List<RecordedRequest> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    /** How many whole requests came, kept or not. */
    public final long requestCount() {
        lock.lock();
        try {
            return requestCount;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets what was recorded on connections that have ended, and all requests; connections keep
     * their numbers only among those that are left.
     */
    public final void forget() {
        lock.lock();
        try {
            connections.removeIf(c -> !c.view().open());
            requests.clear();
            requestCount = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Waits up to 10 s for that many whole requests, and returns them. */
    public final List<RecordedRequest> awaitRequests(int count) {
        await(count + " requests at the upstream", () -> requests.size() >= count);
        return requests();
    }

    /** Waits up to 10 s for that many connections, ended ones included. */
    public final List<RecordedConnection> awaitConnections(int count) {
        await(count + " connections at the upstream", () -> connections.size() >= count);
        return connections();
    }

    /** Waits up to 10 s until no connection is open on this side. */
    public final void awaitNoOpenConnections() {
        await(
                "no open connection at the upstream",
                () -> connections.stream().noneMatch(c -> c.view().open()));
    }

    /** Waits up to 10 s until the condition on what is recorded holds. */
    public final void await(String what, BooleanSupplier condition) {
        Await.on(lock, change, what, WITHIN, condition, this::describe);
    }

    private String describe() {
        return "%d requests, connections %s".formatted(requests.size(), connections());
    }

    final void record(RecordedRequest request) {
        lock.lock();
        try {
            requestCount++;
            if (requests.size() < REQUESTS_KEPT) {
                requests.add(request);
            }
            change.signalAll();
        } finally {
            lock.unlock();
        }
    }

    final void changed() {
        lock.lock();
        try {
            change.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Blocks a stalled connection until the upstream is closed. */
    final void awaitClose() throws IOException {
        lock.lock();
        try {
            while (!closed) {
                change.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while stalling", e);
        } finally {
            lock.unlock();
        }
    }

    /** Stops listening and ends every connection. */
    @Override
    public final void close() {
        refuseConnections();
        lock.lock();
        try {
            closed = true;
            change.signalAll();
            reserved.close();
        } catch (IOException e) {
            throw new UncheckedIOException("upstream: cannot close port " + port, e);
        } finally {
            lock.unlock();
        }
        cutConnections();
    }

    /**
     * A listening socket and its thread.
     *
     * @param socket accepts
     * @param accepting ends when the socket is closed
     */
    private record Listening(ServerSocket socket, Thread accepting) {

        /**
         * Returns when the system refuses: the accepting thread may hold the socket till it ends.
         */
        void close() {
            try {
                socket.close();
                accepting.join();
            } catch (IOException e) {
                throw new UncheckedIOException("upstream: cannot stop listening", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
