package dev.carve.it.clients;

import dev.carve.testkit.Ports;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A small HTTP/1.1 server whose answers are told by the request's path, for tests that need a
 * service of some life: sizes, uploads with a checksum, trailers, interim answers, WebSocket echo.
 *
 * <p>A virtual thread for each connection. It can close kept connections at random, and be stopped
 * and started again on its port.
 */
public final class Origin implements AutoCloseable {

    private static final int LINE_MAX = 64 * 1024;
    private static final int PIECE = 16 * 1024;

    /** Keeps the port while nothing listens. */
    private final Ports.Held held = Ports.refusing();

    private final double closeShare;
    private final RandomGenerator random;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong closedAtRandom = new AtomicLong();

    // Control thread of the test writes, any reads.
    private volatile ServerSocket server;

    /** One request without its body. */
    private record Request(String method, String target, List<String> fields) {

        @Nullable String field(String name) {
            for (String line : fields) {
                int colon = line.indexOf(':');
                if (line.substring(0, colon).equalsIgnoreCase(name)) {
                    return line.substring(colon + 1).strip();
                }
            }
            return null;
        }

        boolean has(String name, String value) {
            String found = field(name);
            return found != null && found.toLowerCase(Locale.ROOT).contains(value);
        }

        /** The fields as they came, but for the hop's own. */
        String endToEnd() {
            return fields.stream()
                    .filter(line -> !line.startsWith("Connection:"))
                    .collect(Collectors.joining("\n"));
        }

        long size() {
            return Long.parseLong(target.substring(target.indexOf('?') + 1));
        }
    }

    private Origin(double closeShare, RandomGenerator random) {
        this.closeShare = closeShare;
        this.random = random;
        server = listen(held.port());
    }

    /** Starts on a free port of loopback. */
    public static Origin start() {
        return new Origin(0, RandomGenerator.getDefault());
    }

    /** Starts; that share of answers is followed by a close that nothing announced. */
    public static Origin closingAtRandom(double share, RandomGenerator random) {
        return new Origin(share, random);
    }

    public int port() {
        return held.port();
    }

    /** Requests whose head was read. */
    public long requests() {
        return requests.get();
    }

    /** Kept connections closed without a word. */
    public long closedAtRandom() {
        return closedAtRandom.get();
    }

    /** Connections now. */
    public int connections() {
        return open.size();
    }

    private ServerSocket listen(int at) {
        try {
            var socket = new ServerSocket();
            socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 1024);
            Thread.ofVirtual().name("origin-accept").start(() -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException("no listening socket on port " + at, e);
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Socket socket = from.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                if (from.isClosed()) {
                    socket.close();
                }
                Thread.ofVirtual().name("origin").start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    /** Ends everything, as a process that is killed; the port is refused until {@link #resume}. */
    public void stop() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Listens again after {@link #stop}. */
    public void resume() {
        server = listen(held.port());
    }

    @Override
    public void close() {
        stop();
        held.close();
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream(), PIECE);
            var out = new BufferedOutputStream(socket.getOutputStream(), PIECE);
            while (true) {
                Request request = request(in);
                if (request == null) {
                    return;
                }
                requests.incrementAndGet();
                boolean goesOn = answer(request, in, out);
                out.flush();
                if (!goesOn || request.has("Connection", "close")) {
                    return;
                }
                if (closeShare > 0 && random.nextDouble() < closeShare) {
                    closedAtRandom.incrementAndGet();
                    return;
                }
            }
        } catch (IOException e) {
            // the peer has gone, or this was stopped
        } finally {
            open.remove(socket);
        }
    }

    private static @Nullable Request request(InputStream in) throws IOException {
        String start = line(in);
        if (start == null) {
            return null;
        }
        List<String> fields = new ArrayList<>();
        while (true) {
            String line = line(in);
            if (line == null) {
                throw new EOFException("within a head");
            }
            if (line.isEmpty()) {
                String[] words = start.split(" ", 3);
                return new Request(words[0], words[1], fields);
            }
            fields.add(line);
        }
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var text = new StringBuilder();
        while (text.length() < LINE_MAX) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            if (next == '\n') {
                return text.substring(0, text.length() - 1);
            }
            text.append((char) next);
        }
        throw new IOException("line too long");
    }

    /** Answers; false if the connection ends with it. */
    private static boolean answer(Request request, InputStream in, OutputStream out)
            throws IOException {
        String path = request.target().split("\\?", 2)[0];
        if (path.equals("/websocket")) {
            WebSocketEcho.serve(request.field("Sec-WebSocket-Key"), in, out);
            return false;
        }
        if (path.equals("/early")) {
            write(out, "HTTP/1.1 403 Not So Fast\r\nContent-Length: 2\r\n\r\nno");
            out.flush();
            upload(request, in);
            return true;
        }
        if (request.has("Expect", "100-continue")) {
            write(out, "HTTP/1.1 100 Continue\r\n\r\n");
            out.flush();
        }
        Upload upload = upload(request, in);
        boolean head = request.method().equals("HEAD");
        switch (path) {
            case "/small" -> write(out, small(head));
            case "/down" -> down(out, request.size(), head);
            case "/up" -> text(out, upload.bytes() + " " + upload.checksum() + upload.trailer());
            case "/chunked" -> write(out, CHUNKED);
            case "/empty" -> write(out, "HTTP/1.1 204 No Content\r\nX-a: 1\r\n\r\n");
            case "/unchanged" -> write(out, "HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\n\r\n");
            case "/hints" -> {
                write(out, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
                write(out, small(head));
            }
            case "/head" -> text(out, request.endToEnd());
            case "/ranges" -> ranges(out, request);
            case "/until-close" -> {
                write(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil close");
                return false;
            }
            default -> write(out, "HTTP/1.1 404 Gone Fishing\r\nContent-Length: 0\r\n\r\n");
        }
        return true;
    }

    /** Order, case, duplicates, an empty value and a status text of its own. */
    private static String small(boolean head) {
        return "HTTP/1.1 200 All Right\r\nx-B: 2\r\nX-a: 1\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n"
                + "X-Empty:\r\nContent-Type: text/plain\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                + "Content-Length: 5\r\n\r\n"
                + (head ? "" : "hello");
    }

    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n";

    private static void text(OutputStream out, String body) throws IOException {
        write(
                out,
                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
    }

    private static void ranges(OutputStream out, Request request) throws IOException {
        String body =
                "--b\r\nContent-Range: bytes 0-1/5\r\n\r\nhe\r\n--b\r\nContent-Range: bytes 3-4/5\r\n\r\nlo\r\n--b--\r\n";
        if (!"bytes=0-1,3-4".equals(request.field("Range"))) {
            text(out, "hello");
            return;
        }
        write(
                out,
                "HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=b\r\n"
                        + "Content-Length: %d\r\n\r\n%s".formatted(body.length(), body));
    }

    private static void down(OutputStream out, long size, boolean head) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(size));
        byte[] piece = new byte[PIECE];
        for (int i = 0; i < PIECE; i++) {
            piece[i] = (byte) (i * 31);
        }
        for (long left = head ? 0 : size; left > 0; left -= PIECE) {
            out.write(piece, 0, (int) Math.min(left, PIECE));
        }
    }

    private record Upload(long bytes, String checksum, String trailer) {}

    private static Upload upload(Request request, InputStream in) throws IOException {
        var checksum = new CRC32();
        String trailer = "";
        long bytes = 0;
        if (request.has("Transfer-Encoding", "chunked")) {
            while (true) {
                String size = line(in);
                int count = HexFormat.fromHexDigits(size == null ? "" : size);
                if (count == 0) {
                    break;
                }
                take(in, count, checksum);
                bytes += count;
                line(in);
            }
            for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
                trailer += " " + line;
            }
        } else {
            String length = request.field("Content-Length");
            bytes = length == null ? 0 : Long.parseLong(length);
            take(in, bytes, checksum);
        }
        return new Upload(bytes, Long.toHexString(checksum.getValue()), trailer);
    }

    private static void take(InputStream in, long count, CRC32 checksum) throws IOException {
        byte[] piece = new byte[(int) Math.min(count, PIECE)];
        for (long left = count; left > 0; ) {
            int read = in.read(piece, 0, (int) Math.min(left, piece.length));
            if (read < 0) {
                throw new EOFException("within a body");
            }
            checksum.update(piece, 0, read);
            left -= read;
        }
    }

    private static void write(OutputStream out, String latin1) throws IOException {
        out.write(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }
}
