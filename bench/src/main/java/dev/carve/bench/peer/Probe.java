package dev.carve.bench.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One plain request on a connection of its own, and the wait for a program's first 200. Bare
 * sockets, since an HTTP client's own start would be part of what is timed.
 */
public final class Probe {

    /** An answer: its status, and its body as far as the connection carried it. */
    public record Answer(int status, String body) {}

    /**
     * A program that answers.
     *
     * @param requests how many reached it, the successful one included; refused connections not
     * @param answer the first 200
     */
    public record Ready(long requests, Answer answer) {}

    private static final Duration READY_WITHIN = Duration.ofSeconds(30);
    private static final Duration RETRY_AFTER = Duration.ofMillis(1);
    private static final int ANSWER_MILLIS = 5_000;

    private Probe() {}

    /** One GET over HTTP/1.1 that asks for the connection to be closed. */
    public static Answer get(int port, String path) throws IOException {
        return get(port, path, Duration.ofMillis(ANSWER_MILLIS));
    }

    /** One POST without a body. */
    public static Answer post(int port, String path) throws IOException {
        return ask(port, "POST " + path, "Content-Length: 0\r\n", Duration.ofMillis(ANSWER_MILLIS));
    }

    /** The same for an answer that takes up to {@code within}. */
    static Answer get(int port, String path, Duration within) throws IOException {
        return ask(port, "GET " + path, "", within);
    }

    private static Answer ask(int port, String what, String fields, Duration within)
            throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) within.toMillis());
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
            String request =
                    what
                            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + fields
                            + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return parse(readAll(socket.getInputStream()));
        }
    }

    /** Asks until the program answers 200. Fails when it ends or takes longer than 30 s. */
    public static Ready untilOk(Running running, String path)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long requests = 0;
        String last = "refused";
        while (System.nanoTime() - start < READY_WITHIN.toNanos()) {
            try {
                Answer answer = get(running.port(), path);
                requests++;
                if (answer.status() == 200) {
                    return new Ready(requests, answer);
                }
                last = "status " + answer.status();
            } catch (ConnectException _) {
                last = "refused";
            } catch (SocketException | SocketTimeoutException e) {
                requests++;
                last = String.valueOf(e.getMessage());
            }
            if (!running.aliveAfter(RETRY_AFTER)) {
                throw new IOException(running.label() + " ended at start:\n" + running.tail());
            }
        }
        throw new IOException(
                "%s not ready after %d s (last: %s):%n%s"
                        .formatted(
                                running.label(), READY_WITHIN.toSeconds(), last, running.tail()));
    }

    private static String readAll(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        in.transferTo(bytes);
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    static Answer parse(String message) throws IOException {
        int headEnd = message.indexOf("\r\n\r\n");
        if (!message.startsWith("HTTP/1.") || message.length() < 12 || headEnd < 0) {
            throw new SocketException(
                    "no whole answer, but \""
                            + message.substring(0, Math.min(80, message.length()))
                            + "\"");
        }
        return new Answer(Integer.parseInt(message, 9, 12, 10), message.substring(headEnd + 4));
    }
}
