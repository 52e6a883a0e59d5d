package dev.carve.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.bench.drive.Payload;
import dev.carve.bench.peer.CarveSetup.Feature;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeersTest {

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"haproxy", "nginx"})
    void theConfigurationIsAcceptedAndForwardsEveryPayload(String name)
            throws IOException, InterruptedException {
        Outside.needs(name, "nginx", "taskset");
        try (NginxBackend backend = NginxBackend.start(folder.resolve("backend"), "0");
                Running gateway = start(name, Profile.EQUAL_WORK, backend.port())) {
            Probe.Ready ready = Probe.untilOk(gateway, Payload.JSON.path());
            assertThat(ready.answer().body()).isEqualTo(NginxBackend.JSON).hasSize(150);
            for (Payload payload : List.of(Payload.ANSWER_10K, Payload.ANSWER_1M)) {
                Probe.Answer answer = Probe.get(gateway.port(), payload.path());
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).hasSize(payload.answerBytes());
            }
            assertThat(backend.requests()).isEqualTo(ready.requests() + 2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"haproxy", "nginx"})
    void theSameHeadersAreAddedByEverybody(String name) throws IOException, InterruptedException {
        Outside.needs(name, "taskset");
        try (Recorder recorder = new Recorder();
                Running gateway = start(name, Profile.EQUAL_WORK, recorder.port())) {
            Probe.untilOk(gateway, "/");

            assertThat(recorder.head())
                    .contains("\r\nhost: localhost\r\n")
                    .contains("\r\nx-forwarded-for: 127.0.0.1\r\n")
                    .contains("\r\nx-forwarded-proto: http\r\n")
                    .contains("\r\nx-forwarded-host: localhost\r\n")
                    .containsPattern("\r\nx-request-id: [0-9a-f:_]{16,}\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"haproxy", "nginx"})
    void withLogsEveryRequestLeavesALine(String name) throws IOException, InterruptedException {
        Outside.needs(name, "nginx", "taskset");
        try (NginxBackend backend = NginxBackend.start(folder.resolve("backend"), "0");
                Running gateway = start(name, Profile.LOGS, backend.port())) {
            Probe.untilOk(gateway, "/json");
            Probe.get(gateway.port(), "/json");

            Path log = gateway.folder().resolve(name.equals("nginx") ? "access.log" : "output.log");
            // The second line may be written after its answer has been read; the first is there.
            assertThat(Files.readString(log)).contains("GET /json HTTP/1.1");
        }
    }

    @Test
    void theSinkCountsAnUploadOnlyWhenItsLastByteHasCome()
            throws IOException, InterruptedException {
        Outside.needs("taskset");
        try (SinkBackend sink = SinkBackend.start(folder.resolve("sink"), "0");
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), sink.port())) {
            byte[] body = new byte[1_000_000];
            socket.getOutputStream()
                    .write(
                            "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body, 0, body.length - 1);
            assertThat(sink.requests()).isZero();

            socket.getOutputStream().write(body, 0, 1);
            byte[] answer = socket.getInputStream().readNBytes(15);

            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
            assertThat(sink.requests()).isEqualTo(1);
        }
    }

    @Test
    void idleConnectionsStayOpenAndAnswerAgain() throws IOException, InterruptedException {
        Outside.needs("nginx", "taskset");
        try (NginxBackend backend = NginxBackend.start(folder.resolve("backend"), "0");
                KeptAlive clients = KeptAlive.open(backend.port(), "/json", 20)) {
            clients.askFirstAgain();

            assertThat(backend.requests()).isEqualTo(21);
        }
    }

    @Test
    void aProgramThatEndsAtStartIsQuoted() throws IOException {
        Outside.needs("taskset");
        try (Running running =
                Running.start(
                        "broken",
                        Tools.freePort(),
                        "0",
                        folder.resolve("output.log"),
                        List.of("sh", "-c", "echo bad directive; exit 1"))) {
            assertThatThrownBy(() -> Probe.untilOk(running, "/"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("broken ended at start")
                    .hasMessageContaining("bad directive");
        }
    }

    @Test
    void carveThatIsNotBuiltSaysSo() {
        assertThat(new CarvePeer(folder).missing().orElseThrow()).contains("Carve is not built");
    }

    @Test
    void carveIsConfiguredWithAndWithoutLogAndWithManyRoutes() {
        assertThat(CarvePeer.configuration(spec(Profile.EQUAL_WORK, 81, 0), "x"))
                .contains("listen: 127.0.0.1:80\n")
                .contains("access_log: off\n")
                .contains("http://127.0.0.1:81");
        assertThat(CarvePeer.configuration(spec(Profile.DEFAULTS, 81, 2), "x"))
                .doesNotContain("access_log: off")
                .contains("match: /x/r1/{id}\n");
    }

    @ParameterizedTest
    @EnumSource(Feature.class)
    void aFeatureIsInTheFileOfCarveAlone(Feature feature) {
        GatewaySpec spec = spec(Profile.EQUAL_WORK, 81, 0);
        String bare = CarvePeer.configuration(spec, "x");
        String with = CarvePeer.configuration(spec.with(spec.carve().with(feature)), "x");
        switch (feature) {
            case NONE -> assertThat(with).isEqualTo(bare);
            case PROTECTION -> assertThat(with).contains("breaker:", "hedge:", "ejection:");
            case RETRY_BUDGET -> assertThat(with).contains("budget: 2%");
            case STALLED_BESIDE -> assertThat(with).contains("to: stalled");
            case CARVE_OFF -> assertThat(with).contains("carve: { to: fresh }");
            case MIRROR, MIRROR_HANGING ->
                    assertThat(with).contains("fresh: http://127.0.0.1:81", "mirror: 100%");
            case MIRROR_DEAD ->
                    assertThat(with).contains("fresh: http://127.0.0.1:1\n", "mirror: 100%");
        }
    }

    private Running start(String name, Profile profile, int backendPort) throws IOException {
        Peer peer = name.equals("haproxy") ? new HaproxyPeer() : new NginxPeer();
        GatewaySpec spec = spec(profile, backendPort, 0);
        return peer.start(
                new GatewaySpec(
                        name,
                        profile,
                        Files.createDirectories(spec.folder()),
                        "0",
                        Tools.freePort(),
                        Tools.freePort(),
                        backendPort,
                        64,
                        CarveSetup.USUAL));
    }

    private GatewaySpec spec(Profile profile, int backendPort, int routes) {
        return new GatewaySpec(
                "test",
                profile,
                folder.resolve("gateway"),
                "0",
                80,
                9900,
                backendPort,
                64,
                CarveSetup.USUAL.withRoutes(routes));
    }

    /** A backend that keeps the heads it gets and answers 200. */
    private static final class Recorder implements AutoCloseable {

        private final ServerSocket listener =
                new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        private final BlockingQueue<String> heads = new ArrayBlockingQueue<>(64);

        Recorder() throws IOException {
            Thread.ofVirtual().start(this::serve);
        }

        int port() {
            return listener.getLocalPort();
        }

        String head() throws InterruptedException {
            String head = heads.poll(5, TimeUnit.SECONDS);
            return head == null ? "(no request came)" : head.toLowerCase(Locale.ROOT);
        }

        private void serve() {
            while (true) {
                try (Socket client = listener.accept()) {
                    StringBuilder head = new StringBuilder();
                    InputStream in = client.getInputStream();
                    for (int b = in.read(); b >= 0; b = in.read()) {
                        head.append((char) b);
                        if (head.toString().endsWith("\r\n\r\n")) {
                            break;
                        }
                    }
                    heads.add(head.toString());
                    client.getOutputStream()
                            .write(
                                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                                            .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException _) {
                    if (listener.isClosed()) {
                        return;
                    }
                }
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
