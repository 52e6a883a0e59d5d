package dev.carve.example.monolith;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Carries requests from sockets to the application thread and answers back. Each exchange has a
 * virtual thread for its bytes, so that a slow client keeps nobody waiting; nothing is decided
 * here.
 */
final class HttpFront {

    /** What Express's JSON reader takes by default. */
    static final int BODY_MAX = 100 * 1024;

    private static final Logger LOG = System.getLogger(HttpFront.class.getName());
    private static final int BACKLOG = 1024;

    static {
        // Read once, when the first server is made. Without the first, Nagle's algorithm and
        // delayed
        // acknowledgements add 40 ms to answers on kept-alive connections; without the second, more
        // than 200 idle connections are closed under their clients' hands.
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        setUnlessSet("sun.net.httpserver.maxIdleConnections", "10000");
    }

    private final Site site;
    private final ApplicationThread application;
    private final HttpServer server;
    private final ExecutorService threads;

    HttpFront(InetSocketAddress address, Site site, ApplicationThread application) {
        this.site = site;
        this.application = application;
        String place = address.getHostString() + ":" + address.getPort();
        try {
            if (address.isUnresolved()) {
                throw new UnknownHostException("unknown host");
            }
            server = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot listen on %s: %s".formatted(place, e.getMessage()), e);
        }
        threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("monolith-http-", 0).factory());
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    void start() {
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body;
            try (InputStream in = exchange.getRequestBody()) {
                body = in.readNBytes(BODY_MAX + 1);
            }
            write(exchange, body.length > BODY_MAX ? tooLarge() : answer(request(exchange, body)));
        }
    }

    private static Request request(HttpExchange exchange, byte[] body) {
        return new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                exchange.getRequestURI().getRawQuery(),
                name -> exchange.getRequestHeaders().getFirst(name),
                new String(body, StandardCharsets.UTF_8));
    }

    private Answer answer(Request request) {
        Future<Answer> answer;
        try {
            answer = application.submit(() -> site.answer(request));
        } catch (RejectedExecutionException e) {
            return Answer.error(503, "too many requests are waiting").with("Retry-After", "1");
        }
        try {
            return answer.get();
        } catch (ExecutionException e) {
            LOG.log(Level.ERROR, request.method() + " " + request.path(), e.getCause());
            return Answer.error(500, "internal error");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.error(503, "stopping");
        }
    }

    private static Answer tooLarge() {
        return Answer.error(413, "body: too large (expected: at most 100 KiB)");
    }

    private static void write(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        if (body.length == 0) {
            exchange.sendResponseHeaders(answer.status(), -1);
        } else if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(answer.status(), -1);
        } else {
            exchange.sendResponseHeaders(answer.status(), body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Stops accepting and lets open exchanges finish within the grace. */
    void stop(Duration grace) {
        // The JDK's server waits for exchanges itself, but it forgets to count out one whose client
        // went away, and then waits for the whole grace. The exchanges' threads are the truth.
        Thread stopping =
                Thread.ofPlatform()
                        .name("monolith-http-stop")
                        .start(() -> server.stop((int) grace.toSeconds()));
        threads.shutdown();
        try {
            if (!threads.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
            stopping.interrupt();
            stopping.join();
        } catch (InterruptedException e) {
            threads.shutdownNow();
            stopping.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
