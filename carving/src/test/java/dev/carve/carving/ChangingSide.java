package dev.carve.carving;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A side of a carve on loopback that answers JSON, and that a test lets answer otherwise. */
final class ChangingSide implements AutoCloseable {

    /**
     * What came.
     *
     * @param fields by name, whose first letter alone is a capital one
     */
    record Asked(
            String method,
            String target,
            String mark,
            String authorization,
            String scheme,
            Map<String, List<String>> fields,
            String body) {}

    /** What goes. */
    record Told(int status, String body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile Function<Asked, Told> answers;

    private ChangingSide(HttpServer server, Function<Asked, Told> answers) {
        this.server = server;
        this.answers = answers;
    }

    static ChangingSide answering(String body) throws IOException {
        return answering(_ -> new Told(200, body));
    }

    static ChangingSide answering(Function<Asked, Told> answers) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ChangingSide side = new ChangingSide(server, answers);
        server.createContext("/", side::answer);
        server.setExecutor(side.threads);
        server.start();
        return side;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Asked now =
                    new Asked(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            field(exchange, "Carve-Mirror"),
                            field(exchange, "Authorization"),
                            field(exchange, "X-Forwarded-Proto"),
                            Map.copyOf(exchange.getRequestHeaders()),
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8));
            asked.add(now);
            Told told = answers.apply(now);
            byte[] body = told.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(told.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static String field(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    int port() {
        return server.getAddress().getPort();
    }

    List<Asked> asked() {
        return asked;
    }

    void answer(String body) {
        answers = _ -> new Told(200, body);
    }

    void answer(Function<Asked, Told> now) {
        answers = now;
    }

    /** Takes no connections any more. */
    void stop() {
        server.stop(0);
    }

    @Override
    public void close() {
        stop();
        threads.shutdownNow();
    }
}
