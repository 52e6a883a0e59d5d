package dev.carve.app;

import dev.carve.config.Diagnostic;
import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Rejected;
import dev.carve.runtime.Clock;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The hidden {@code --training}: what the JVM's AOT cache is recorded from. Runs a gateway in front
 * of another one that answers by itself, with the very code of {@code run}: a file with most kinds
 * of settings, many requests, a reload, a gentle stop.
 */
final class Training {

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** As many as ask at once, so that a loop finds many sockets ready and needs many upstreams. */
    private static final int CLIENTS = 48;

    private static final int ROUNDS = 240;
    private static final String BEHIND =
            """
            listen: 127.0.0.1:0
            admin: off
            access_log: off
            threads: {loops: 1}
            routes:
              - match: /
                respond: {status: 200, body: "hello from behind"}
                headers: {response: {set: {Server: behind, Vary: Accept}}}
              - {match: "/large/{rest...}", respond: {status: 200, body: "LARGE"}}
            """
                    .replace("LARGE", "0123456789abcdef".repeat(512));
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
                slow_start: 1s
                requests: 1000
                health: {path: /ping, every: 1s}
                retries: {attempts: 3, budget: 20%, statuses: [503]}
                hedge: {after: 99%, budget: 1%}
                breaker: {slow: 5s, statuses: [500-599]}
                ejection: {statuses: [500-599]}
                limit: {requests: 1000, waiting: 100}
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
                    "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n",
                    "GET /large/one HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n",
                    "GET /some/page?a=1&b=2 HTTP/1.1\r\nHost: a.example\r\nUser-Agent: Mozilla/5.0 (X11;"
                            + " Linux x86_64) Gecko/20100101\r\nAccept: text/html,*/*;q=0.8\r\n"
                            + "Accept-Language: en\r\nAccept-Encoding: gzip, br\r\nReferer:"
                            + " http://a.example/\r\nCookie: a=1; b=2\r\nIf-None-Match: \"x\"\r\n\r\n",
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
        List<Client> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(port));
            }
            for (int round = 0; round < ROUNDS; round++) {
                converse(port, clients, round);
            }
        } catch (IOException failed) {
            throw new IllegalStateException("training failed", failed);
        } finally {
            clients.forEach(Client::close);
        }
        server.reload().join();
        server.stop();
    }

    /** All of them ask before the first answer is read; one of them leaves for another. */
    private static void converse(int port, List<Client> clients, int round) throws IOException {
        clients.removeFirst().close();
        clients.add(new Client(port));
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).ask(REQUESTS.get((round + i) % REQUESTS.size()));
        }
        for (Client client : clients) {
            readAnswer(client.in);
        }
    }

    private static final class Client implements AutoCloseable {

        private final Socket socket;
        private final InputStream in;

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getByAddress(LOOPBACK), port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }

        void ask(String request) throws IOException {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException ignored) {
                // It was to be closed anyway.
            }
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
