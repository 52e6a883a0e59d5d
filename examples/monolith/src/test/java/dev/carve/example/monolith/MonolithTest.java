package dev.carve.example.monolith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MonolithTest {

    private static final MonolithOptions SMALL =
            MonolithOptions.defaults().withPort(0).withRows(50).withCpuTurns(10);

    @TempDir private Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void requestsBeyondTheQueueGet503() throws Exception {
        try (Stand stand = new Stand(folder, 1)) {
            CountDownLatch release = stand.occupy();
            CompletableFuture<HttpResponse<String>> waiting = stand.send(client);
            stand.awaitQueued(1);
            HttpResponse<String> refused = stand.send(client).get();
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).isEqualTo("{\"error\":\"too many requests are waiting\"}");
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            release.countDown();
            assertThat(waiting.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void requestsWaitForTheOneApplicationThread() throws Exception {
        try (Stand stand = new Stand(folder, 100)) {
            CountDownLatch release = stand.occupy();
            List<CompletableFuture<HttpResponse<String>>> waiting =
                    List.of(stand.send(client), stand.send(client), stand.send(client));
            stand.awaitQueued(3);
            assertThat(waiting).noneMatch(Future::isDone);
            release.countDown();
            for (CompletableFuture<HttpResponse<String>> each : waiting) {
                assertThat(each.get().statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void stoppingFinishesWhatIsOpen() throws Exception {
        Stand stand = new Stand(folder, 100);
        CountDownLatch release = stand.occupy();
        CompletableFuture<HttpResponse<String>> waiting = stand.send(client);
        stand.awaitQueued(1);
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(stand::close);
        stand.awaitRefusal();
        release.countDown();
        assertThat(waiting.get().statusCode()).isEqualTo(200);
        stopped.get();
        assertThatThrownBy(() -> stand.send(client).get())
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void stoppingDoesNotWaitForClientsThatWentAway() throws Exception {
        Stand stand = new Stand(folder, 100);
        CountDownLatch release = stand.occupy();
        Socket gone = new Socket(InetAddress.getLoopbackAddress(), stand.port);
        gone.setSoLinger(true, 0);
        gone.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        stand.awaitQueued(1);
        gone.close();
        release.countDown();
        // Only when this one is answered has the one before been written to nobody.
        assertThat(stand.send(client).get().statusCode()).isEqualTo(200);
        stand.closeWithin(Duration.ofDays(1));
    }

    @Test
    void clientThatSendsItsBodySlowlyKeepsNobodyWaiting() throws Exception {
        try (Monolith monolith = Monolith.start(SMALL);
                Socket slow = new Socket(InetAddress.getLoopbackAddress(), monolith.port())) {
            OutputStream out = slow.getOutputStream();
            String head =
                    "POST /Count HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"tim";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(get(monolith, "/healthz").statusCode()).isEqualTo(200);
            out.write("es\":1}".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            assertThat(reader(slow).readLine()).isEqualTo("HTTP/1.1 200 OK");
        }
    }

    @Test
    void connectionServesFurtherRequests() throws Exception {
        try (Monolith monolith = Monolith.start(SMALL);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), monolith.port())) {
            BufferedReader in = reader(socket);
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream()
                        .write(
                                "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
                while (!in.readLine().isEmpty()) {
                    // The head is read to its end.
                }
                char[] body = new char["{\"status\":\"ok\"}".length()];
                assertThat(in.read(body)).isEqualTo(body.length);
            }
        }
    }

    @Test
    void ordersOutliveARestartAndAnotherNumberOfRows() throws Exception {
        MonolithOptions options = SMALL.withFile(folder.resolve("kept.db"));
        String order = "{\"customer\":\"Ada\",\"item\":\"lamp\",\"quantity\":1}";
        String created;
        try (Monolith monolith = Monolith.start(options)) {
            created = post(monolith, "/orders", order).body();
            assertThat(get(monolith, "/api/data/51").statusCode()).isEqualTo(404);
        }
        try (Monolith monolith = Monolith.start(options.withRows(60).withPrepare(true))) {
            assertThat(get(monolith, "/orders/101").body()).isEqualTo(created);
            assertThat(get(monolith, "/api/data/51").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void twoMonolithsOnOneFileMakeItsTablesOnce() throws Exception {
        MonolithOptions options = SMALL.withFile(folder.resolve("shared.db")).withRows(20_000);
        try (Monolith one = Monolith.start(options);
                Monolith two = Monolith.start(options)) {
            CompletableFuture<HttpResponse<String>> first = getAsync(one, "/api/data/20000");
            CompletableFuture<HttpResponse<String>> second = getAsync(two, "/api/data/20000");
            assertThat(first.get().statusCode()).isEqualTo(200);
            assertThat(second.get().body()).isEqualTo(first.get().body());
            // A second attempt to make the table of orders would fail.
            assertThat(get(one, "/orders/100").statusCode()).isEqualTo(200);
            assertThat(get(two, "/orders/100").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void countingOpensNoDatabase() throws Exception {
        Path file = folder.resolve("untouched.db");
        try (Monolith monolith = Monolith.start(SMALL.withFile(file))) {
            assertThat(post(monolith, "/Count", "{\"times\":10}").statusCode()).isEqualTo(200);
            assertThat(file).doesNotExist();
            assertThat(get(monolith, "/api/data/1").statusCode()).isEqualTo(200);
            assertThat(file).exists();
        }
    }

    @Test
    void fileThatIsNoDatabaseGives500AndSaysNothingInside() throws Exception {
        Path file = Files.writeString(folder.resolve("wrong.db"), "no database".repeat(100));
        try (Monolith monolith = Monolith.start(SMALL.withFile(file))) {
            HttpResponse<String> answer = get(monolith, "/api/data/1");
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).isEqualTo("{\"error\":\"internal error\"}");
            assertThat(get(monolith, "/healthz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void portInUseIsNamed() {
        try (Monolith monolith = Monolith.start(SMALL)) {
            assertThatThrownBy(() -> Monolith.start(SMALL.withPort(monolith.port())))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + monolith.port());
        }
    }

    @Test
    void hostThatNobodyKnowsIsNamed() {
        assertThatThrownBy(() -> Monolith.start(SMALL.withHost("no-such-host.invalid")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot listen on no-such-host.invalid:0: unknown host");
    }

    @Test
    void addressOfVersionSixStandsInBracketsInTheUri() throws Exception {
        assumeTrue(hasVersionSixLoopback(), "skipped: this machine has no IPv6 loopback address");
        try (Monolith monolith = Monolith.start(SMALL.withHost("::1"))) {
            assertThat(monolith.uri()).hasToString("http://[::1]:" + monolith.port());
            assertThat(get(monolith, "/healthz").statusCode()).isEqualTo(200);
        }
    }

    private static boolean hasVersionSixLoopback() {
        try (ServerSocket _ = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void sigtermEndsTheProcessWithZeroAndLeavesNoFile() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djava.io.tmpdir=" + folder,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Monolith.class.getName(),
                                "--port=0",
                                "--rows=10",
                                "--prepare")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            assertThat(line).startsWith("monolith listening on http://127.0.0.1:");
            URI uri =
                    URI.create(line.substring("monolith listening on ".length()) + "/api/data/10");
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(folder).isDirectoryContaining("glob:**/carve-monolith-*");
            // Unlike the process, its handle leaves the pipe open for the last line.
            process.toHandle().destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(out.readLine()).isEqualTo("monolith stopped");
            assertThat(folder).isDirectoryNotContaining("glob:**/carve-monolith-*");
        } finally {
            process.destroyForcibly();
        }
    }

    /** The monolith's parts with the application thread in the test's hands. */
    private static final class Stand implements AutoCloseable {

        private final ApplicationThread application;
        private final HttpFront front;
        private final int port;

        Stand(Path folder, int queueMax) {
            Database database = new Database(folder.resolve("stand.db"), 10);
            application = new ApplicationThread(queueMax, database::close);
            Site site =
                    new Site(
                            new Count(new Random(1)),
                            new Orders(database, InstantSource.system(), new Random(1)),
                            new Stories(database),
                            new Rows(database, 1),
                            new Badges(database));
            front =
                    new HttpFront(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            site,
                            application);
            front.start();
            port = front.port();
        }

        /** Keeps the application thread busy until the latch is counted down. */
        CountDownLatch occupy() throws InterruptedException {
            CountDownLatch occupied = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            var _ =
                    application.submit(() -> {
                        occupied.countDown();
                        return release.await(30, TimeUnit.SECONDS);
                    });
            occupied.await();
            return release;
        }

        void awaitQueued(int count) {
            await(() -> application.queued() == count, count + " requests wait");
        }

        /** Waits until it no longer listens. */
        void awaitRefusal() {
            await(() -> !accepts(), "connections are refused");
        }

        private boolean accepts() {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        private static void await(BooleanSupplier condition, String what) {
            long start = System.nanoTime();
            while (!condition.getAsBoolean()) {
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("time until " + what)
                        .isLessThan(Duration.ofSeconds(20));
                Thread.onSpinWait();
            }
        }

        CompletableFuture<HttpResponse<String>> send(HttpClient client) {
            URI uri = URI.create("http://127.0.0.1:" + port + "/api/data/1");
            return client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }

        @Override
        public void close() {
            closeWithin(Duration.ofSeconds(10));
        }

        void closeWithin(Duration grace) {
            front.stop(grace);
            application.stop(grace);
        }
    }

    private HttpResponse<String> get(Monolith monolith, String path) throws Exception {
        return getAsync(monolith, path).get();
    }

    private CompletableFuture<HttpResponse<String>> getAsync(Monolith monolith, String path) {
        return client.sendAsync(
                HttpRequest.newBuilder(URI.create(monolith.uri() + path)).build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> post(Monolith monolith, String path, String json)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(monolith.uri() + path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build(),
                BodyHandlers.ofString());
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }
}
