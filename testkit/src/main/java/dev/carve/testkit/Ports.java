package dev.carve.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;

/** Ports of loopback in the states that tests need. Stateless. */
public final class Ports {

    private static final int BACKLOG_FILL_MAX = 64;

    private Ports() {}

    /**
     * A port that was free a moment ago, for programs that cannot pick one by themselves; another
     * process may take it first, so a start on it is tried again with another.
     */
    public static int free() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        }
    }

    /** Whether something accepts connections on that port. */
    public static boolean accepts(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** A port on which every connection attempt is refused for as long as this is open. */
    public static Held refusing() {
        Socket socket = reserve();
        return new Held(socket.getLocalPort(), List.of(socket));
    }

    /**
     * A socket bound but not listening: the port is taken, and the system answers with RST. By
     * SO_REUSEPORT this user may listen on the same port beside it, and stop, without ever letting
     * the port go.
     */
    static Socket reserve() {
        try {
            var socket = new Socket();
            socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on loopback", e);
        }
    }

    /**
     * A port on which connection attempts get no answer at all, for connect time-outs: its backlog
     * is full, and Linux then drops what comes.
     */
    public static Held silent() {
        var sockets = new ArrayList<AutoCloseable>();
        try {
            var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(server);
            for (int i = 0; i < BACKLOG_FILL_MAX; i++) {
                var filler = new Socket();
                sockets.add(filler);
                try {
                    filler.connect(server.getLocalSocketAddress(), 200);
                } catch (SocketTimeoutException e) {
                    return new Held(server.getLocalPort(), List.copyOf(sockets));
                }
            }
            throw new IllegalStateException(
                    "backlog not full after %d connections".formatted(BACKLOG_FILL_MAX));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a silent port", e);
        }
    }

    /**
     * A port kept in its state until closed.
     *
     * @param port the port
     * @param holders what keeps it
     */
    public record Held(int port, List<? extends AutoCloseable> holders) implements AutoCloseable {
        @Override
        public void close() {
            for (AutoCloseable holder : holders) {
                try {
                    holder.close();
                } catch (Exception e) {
                    throw new IllegalStateException("port " + port + " cannot be let go", e);
                }
            }
        }
    }
}
