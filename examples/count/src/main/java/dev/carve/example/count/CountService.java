package dev.carve.example.count;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code POST /Count} with {@code {"times": N}} answers {@code Counted to SUM}, as the sample
 * monolith does. For the demo its behaviour can be changed while it runs: {@code PUT
 * /behaviour/greatest/99} gives it the published mistake, {@code PUT /behaviour/failing/30} has it
 * answer 500 to 30 of 100 requests.
 */
public final class CountService implements AutoCloseable {

    /** As the monolith bounds it. */
    static final int TIMES_MAX = 100_000_000;

    private static final int BODY_MAX = 100 * 1024;
    private static final int BACKLOG = 1024;
    private static final Pattern TIMES =
            Pattern.compile("\\s*\\{\\s*\"times\"\\s*:\\s*([0-9]{1,9})\\s*}\\s*");
    private static final Pattern BEHAVIOUR =
            Pattern.compile("/behaviour/(greatest|failing)/([0-9]{1,3})");

    private final HttpServer server;
    private final Counter counter;

    // Set by the demo, read by requests.
    private volatile int greatest;
    private volatile int failing;

    private CountService(HttpServer server, Counter counter, int greatest) {
        this.server = server;
        this.counter = counter;
        this.greatest = greatest;
    }

    /**
     * Starts it on the loopback.
     *
     * @param port 0 for a free one
     * @param greatest the greatest number drawn, 100 unless it is to be wrong
     */
    public static CountService start(int port, int greatest) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        SplittableGenerator seeds =
                RandomGeneratorFactory.<SplittableGenerator>of("L64X128MixRandom").create();
        int threads = Runtime.getRuntime().availableProcessors();
        CountService service = new CountService(server, new Counter(threads, seeds), greatest);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", service::handle);
        server.start();
        return service;
    }

    /** Runs until the process is ended: {@code [--port N] [--greatest N]}. */
    public static void main(String[] args) throws IOException {
        int port = 6666;
        int greatest = 100;
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--port" -> port = Integer.parseInt(args[i + 1]);
                case "--greatest" -> greatest = Integer.parseInt(args[i + 1]);
                default -> {
                    System.err.println(
                            args[i] + ": unknown option (expected: --port or --greatest)");
                    System.exit(2);
                }
            }
        }
        CountService service = start(port, greatest);
        System.out.println("count listening on http://127.0.0.1:" + service.port());
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body;
            try (InputStream in = exchange.getRequestBody()) {
                body = in.readNBytes(BODY_MAX + 1);
            }
            String path = exchange.getRequestURI().getPath();
            switch (exchange.getRequestMethod() + " " + path) {
                case "POST /Count" -> count(exchange, body);
                case "GET /" -> answer(exchange, 200, "Count \n");
                default -> behave(exchange, path);
            }
        }
    }

    private void count(HttpExchange exchange, byte[] body) throws IOException {
        if (ThreadLocalRandom.current().nextInt(100) < failing) {
            answer(exchange, 500, "broken on purpose\n");
            return;
        }
        Matcher times = TIMES.matcher(new String(body, StandardCharsets.UTF_8));
        long number = times.matches() ? Long.parseLong(times.group(1)) : 0;
        if (number < 1 || number > TIMES_MAX) {
            answer(
                    exchange,
                    400,
                    "times: expected {\"times\": N} with N from 1 to " + TIMES_MAX + "\n");
            return;
        }
        try {
            long sum = counter.sum((int) number, greatest);
            answer(exchange, 200, "Counted to " + sum + " \n");
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            answer(exchange, 503, "stopping\n");
        }
    }

    private void behave(HttpExchange exchange, String path) throws IOException {
        Matcher behaviour = BEHAVIOUR.matcher(path);
        if (!exchange.getRequestMethod().equals("PUT") || !behaviour.matches()) {
            answer(exchange, 404, "not found (expected: POST /Count)\n");
            return;
        }
        int value = Integer.parseInt(behaviour.group(2));
        if (behaviour.group(1).equals("greatest")) {
            greatest = value;
        } else {
            failing = value;
        }
        answer(exchange, 200, "done\n");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        counter.close();
    }
}
