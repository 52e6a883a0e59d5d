package dev.carve.app;

import dev.carve.config.Diagnostic;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Rejected;
import dev.carve.runtime.Clock;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The hidden {@code --training}: what the JVM's AOT cache is recorded from. Runs a gateway in front
 * of another one that answers by itself, with the very code of {@code run}: a file with most kinds
 * of settings, many requests, a reload, a gentle stop.
 */
final class Training {

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int ROUNDS = 400;
    private static final String BEHIND =
            """
            listen: 127.0.0.1:0
            admin: off
            access_log: off
            threads: {loops: 1}
            routes:
              - {match: /, respond: {status: 200, body: "hello from behind"}}
            """;
    private static final String FRONT =
            """
            listen: 127.0.0.1:0
            admin: 127.0.0.1:0
            limits: {head_time: 10s, body: 1MiB}
            forwarded: {trusted: [10.0.0.0/8]}
            services:
              monolith: {url}
              users:
                urls: [{url}]
                balance: least_requests
                timeouts: {connect: 250ms, response: 5s}
                retries: 2
            errors:
              503: "busy, {request_id}"
            routes:
              - {match: /, to: monolith}
              - match: "GET /users/{id}"
                to: users
                owner: accounts
                timeout: 2s
                headers:
                  request: {set: {X-Team: accounts}}
                  response: {remove: [X-Powered-By]}
              - {match: "GET /old/{rest...}", redirect: "/new/{rest}"}
              - {match: /ping, respond: {body: pong}}
            shutdown: {grace: 1s}
            """;
    private static final List<String> REQUESTS =
            List.of(
                    "GET /users/7?a=b HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n",
                    "GET /some/where HTTP/1.1\r\nHost: a.example\r\nCookie: s=1\r\n\r\n",
                    "POST /some HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello",
                    "POST /some HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + "5\r\nhello\r\n0\r\n\r\n",
                    "GET /old/one HTTP/1.1\r\nHost: a.example\r\n\r\n",
                    "GET /ping HTTP/1.1\r\nHost: a.example\r\n\r\n");

    private Training() {}

    static int run(PrintStream err) {
        try {
            Path file = Files.createTempFile("carve-training", ".yaml");
            try {
                return run(file, err);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException | StartException failed) {
            err.println("carve: training: " + failed);
            return ExitCode.FAILED;
        }
    }

    private static int run(Path file, PrintStream err) throws IOException, StartException {
        Files.writeString(file, BEHIND);
        try (Server behind = Server.start(load(file), options(file))) {
            int port = behind.addresses().getFirst().getPort();
            Files.writeString(file, FRONT.replace("{url}", "\"http://127.0.0.1:" + port + "\""));
            RunOptions front =
                    new RunOptions(
                            new ConfigurationSource(
                                    file.toString(), null, List.of(), System.getenv()),
                            true);
            int code = new Running(err, err).run(front, Training::exercise);
            RunOptions plain =
                    new RunOptions(
                            new ConfigurationSource(
                                    null,
                                    "http://127.0.0.1:" + port,
                                    List.of("listen=127.0.0.1:0", "admin=127.0.0.1:0"),
                                    Map.of()),
                            false);
            return code == ExitCode.DONE
                    ? new Running(err, err).run(plain, Training::exercise)
                    : code;
        }
    }

    private static Loaded load(Path file) {
        LoadResult result =
                new ConfigurationSource(file.toString(), null, List.of(), Map.of()).load();
        return switch (result) {
            case Loaded loaded -> loaded;
            case Rejected(List<Diagnostic> problems) ->
                    throw new IllegalStateException("the training's file is wrong: " + problems);
        };
    }

    private static ServerOptions options(Path file) {
        return new ServerOptions(Clock.system(), () -> load(file));
    }

    private static void exercise(Server server) {
        int port = server.addresses().getFirst().getPort();
        try {
            for (int connection = 0; connection < 4; connection++) {
                try (Socket socket = new Socket(InetAddress.getByAddress(LOOPBACK), port)) {
                    converse(socket);
                }
            }
        } catch (IOException failed) {
            throw new IllegalStateException("training failed", failed);
        }
        server.reload().join();
        server.stop();
    }

    private static void converse(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        OutputStream out = socket.getOutputStream();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        for (int i = 0; i < ROUNDS; i++) {
            String request = REQUESTS.get(i % REQUESTS.size());
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            readAnswer(in);
        }
    }

    /**
     * A head, and as many bytes as its Content-Length says: all that the training's answers have.
     */
    private static void readAnswer(InputStream in) throws IOException {
        int length = 0;
        while (true) {
            String line = line(in);
            if (line.isEmpty()) {
                in.skipNBytes(length);
                return;
            }
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("closed within an answer");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
