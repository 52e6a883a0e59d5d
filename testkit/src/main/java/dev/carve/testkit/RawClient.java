package dev.carve.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client that sends exactly the bytes it is given over a real socket and reads
 * responses strictly. Every wait ends after {@link #within}. One thread may send while another
 * reads; nothing else may be shared.
 */
public final class RawClient implements AutoCloseable {

    /** How a connection was ended by the peer. */
    public enum Ending {
        /** By FIN. */
        CLOSED,
        /** By RST. */
        RESET
    }

    private static final int INTERIM_MAX = 1000;
    private static final Pattern STATUS_LINE =
            Pattern.compile("(HTTP/1\\.[01]) ([1-9][0-9][0-9]) (.*)", Pattern.DOTALL);

    private final Socket socket;
    private final OutputStream out;
    private final WireReader reader;

    // Reading thread only.
    private long readDeadlineNanos;

    // Set between sends and reads.
    private volatile Duration within;

    private RawClient(Socket socket, Duration within) throws IOException {
        this.socket = socket;
        this.within = within;
        this.out = socket.getOutputStream();
        var in = socket.getInputStream();
        this.reader =
                new WireReader((into, offset, count) -> {
                    long left = (readDeadlineNanos - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        throw new SocketTimeoutException("nothing more was received");
                    }
                    socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
                    return in.read(into, offset, count);
                });
    }

    /** Connects to that port on loopback, waiting up to 10 seconds for that and each later wait. */
    public static RawClient connect(int port) throws IOException {
        return connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Connects to that address, waiting up to 10 seconds for that and each later wait. */
    public static RawClient connect(InetSocketAddress address) throws IOException {
        return connect(address, null);
    }

    /**
     * The same as a client of that address, one of this machine's.
     *
     * @param from null for any
     */
    public static RawClient connect(InetSocketAddress address, @Nullable InetAddress from)
            throws IOException {
        var socket = new Socket();
        var within = Duration.ofSeconds(10);
        try {
            socket.setTcpNoDelay(true);
            if (from != null) {
                socket.bind(new InetSocketAddress(from, 0));
            }
            socket.connect(address, (int) within.toMillis());
            return new RawClient(socket, within);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Sets the bound of each following wait. */
    public RawClient within(Duration bound) {
        within = bound;
        return this;
    }

    /** The port of this end. */
    public int localPort() {
        return socket.getLocalPort();
    }

    /** Sends an ISO-8859-1 text as it stands. */
    public RawClient send(String latin1) throws IOException {
        return send(Octets.of(latin1));
    }

    /**
     * Sends these bytes.
     *
     * @throws SocketTimeoutException if the peer does not take them in time; the socket is closed
     */
    public RawClient send(Octets bytes) throws IOException {
        byte[] array = bytes.array();
        // Up to the smallest socket buffer a write does not wait, and needs no thread to bound it.
        if (array.length <= 4096) {
            out.write(array);
            return this;
        }
        var failure = new AtomicReference<@Nullable IOException>();
        Thread writer =
                Thread.ofVirtual()
                        .name("raw-client-write")
                        .start(() -> {
                            try {
                                out.write(array);
                            } catch (IOException e) {
                                failure.set(e);
                            }
                        });
        try {
            if (!writer.join(within)) {
                socket.close();
                throw new SocketTimeoutException(
                        "the peer did not take %d bytes within %s".formatted(array.length, within));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sending", e);
        }
        IOException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
        return this;
    }

    /** Sends the bytes in pieces cut at those offsets, with {@code between} run between pieces. */
    public RawClient sendSplit(Octets bytes, Runnable between, int... offsets) throws IOException {
        int from = 0;
        for (int offset : offsets) {
            send(bytes.slice(from, offset));
            between.run();
            from = offset;
        }
        return send(bytes.slice(from, bytes.length()));
    }

    /** Sends the bytes in pieces of that size with a pause after each. */
    public RawClient dribble(Octets bytes, int pieceBytes, Duration pause) throws IOException {
        for (int from = 0; from < bytes.length(); from += pieceBytes) {
            send(bytes.slice(from, Math.min(from + pieceBytes, bytes.length())));
            LockSupport.parkNanos(pause.toNanos());
        }
        return this;
    }

    /** The final response to a GET, with the interim ones before it. */
    public RawResponse read() throws IOException {
        return read("GET");
    }

    /**
     * The final response to a request of that method, with the interim ones before it; 101 counts
     * as final.
     *
     * @throws IncompleteMessageException if the connection ends first
     * @throws MalformedMessageException if what comes is no strict HTTP/1 response
     * @throws SocketTimeoutException if it does not come in time
     */
    public RawResponse read(String method) throws IOException {
        startWaiting();
        var interim = new ArrayList<RawResponse>();
        while (true) {
            RawResponse response = next(method);
            if (response.status() >= 200 || response.status() == 101) {
                return response.after(interim);
            }
            interim.add(response);
            if (interim.size() > INTERIM_MAX) {
                throw new MalformedMessageException("more than 1000 interim responses");
            }
        }
    }

    /** The next response to a request of that method, interim or final. */
    public RawResponse readNext(String method) throws IOException {
        startWaiting();
        return next(method);
    }

    private RawResponse next(String method) throws IOException {
        Head head = reader.head();
        if (head == null) {
            throw new IncompleteMessageException(
                    "the connection ended before a response",
                    null,
                    Octets.EMPTY,
                    reader.resetSeen());
        }
        Matcher line = STATUS_LINE.matcher(head.startLine());
        if (!line.matches()) {
            throw new MalformedMessageException("status line \"" + head.startLine() + "\"");
        }
        String version = line.group(1);
        int status = Integer.parseInt(line.group(2));
        Body body = reader.responseBody(head, version, status, method);
        return new RawResponse(head, version, status, line.group(3), body, List.of());
    }

    /** Exactly that many bytes, as they come; for tunnels. */
    public Octets readExactly(int count) throws IOException {
        startWaiting();
        return reader.exactly(count);
    }

    /**
     * Waits until something has been received that no read took yet; it stays for the next read.
     *
     * @throws IncompleteMessageException if the connection ends first
     * @throws SocketTimeoutException if nothing comes in time
     */
    public RawClient awaitBytes() throws IOException {
        startWaiting();
        if (reader.buffered().isEmpty() && !reader.fill()) {
            throw new IncompleteMessageException(
                    "the connection ended before a byte", null, Octets.EMPTY, reader.resetSeen());
        }
        return this;
    }

    /** Everything up to the end of the connection, at most 16 MiB. */
    public Octets readToEnd() throws IOException {
        startWaiting();
        return reader.rest(16 << 20);
    }

    /** What was received past the last message read; does not wait. */
    public Octets excess() {
        return reader.buffered();
    }

    /**
     * Waits until the peer ends the connection.
     *
     * @throws MalformedMessageException if bytes come, or had come, instead
     * @throws SocketTimeoutException if nothing happens in time
     */
    public Ending awaitEnd() throws IOException {
        startWaiting();
        if (!reader.buffered().isEmpty() || reader.fill()) {
            throw new MalformedMessageException(
                    "bytes in place of the connection's end: \"" + reader.buffered() + "\"");
        }
        return reader.resetSeen() ? Ending.RESET : Ending.CLOSED;
    }

    /** Whether nothing is received, and the connection not ended, for that long. */
    public boolean staysQuiet(Duration time) throws IOException {
        if (!reader.buffered().isEmpty()) {
            return false;
        }
        readDeadlineNanos = System.nanoTime() + time.toNanos();
        try {
            reader.fill();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    private void startWaiting() {
        readDeadlineNanos = System.nanoTime() + within.toNanos();
    }

    /** Sends FIN and keeps reading. */
    public RawClient halfClose() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Ends the connection by RST. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Ends the connection by FIN; harmless if it has ended. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (SocketException e) {
            // it had ended by itself
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
