package dev.carve.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.http.LoopCounters.Count;
import dev.carve.it.gateway.RunningGateway;
import dev.carve.testkit.Await;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.OutsidePrograms;
import dev.carve.testkit.RawClient;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client sees, and what its service sees of it, is the same with Carve and without. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class ClientsTest {

    @TempDir Path temp = Path.of("");

    private final Origin origin = Origin.start();
    private final RunningGateway gateway =
            RunningGateway.start(RunningGateway.forwardingTo(origin.port()));

    @AfterEach
    void nothingStaysOpen() {
        Await.until(
                "no client connection",
                Duration.ofSeconds(10),
                () -> gateway.connections() == 0,
                () -> gateway.connections() + " open");
        Await.until("no tunnel", () -> gateway.count(Count.TUNNELS_OPEN) == 0);
        gateway.close();
        origin.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "URL/small",
                "URL/small URL/small URL/chunked",
                "--head URL/small",
                "--head URL/small URL/small",
                "URL/empty URL/unchanged URL/small",
                "--http1.0 URL/small",
                "--http1.0 -H Connection:close URL/small",
                "-r 0-1,3-4 URL/ranges",
                "URL/empty",
                "URL/unchanged",
                "URL/hints",
                "URL/chunked",
                "--http1.0 URL/until-close",
                "-X DELETE URL/nowhere",
                "-X OPTIONS URL/nowhere",
                "--path-as-is URL/a/../%2e%2E//b?x=%zz",
                "-H X-Many:1 -H x-many:2 -H X-Empty; -A agent -u user:pass -b a=1 URL/head",
                "-d name=value URL/up",
                "-T FILE URL/up",
                "-T FILE -H Expect:100-continue URL/up",
                "-T FILE -H Transfer-Encoding:chunked URL/up",
                "-T FILE -H Transfer-Encoding:chunked -H Expect:100-continue URL/up",
                "-F field=1 -F file=@FILE URL/nowhere",
                "-d name=value URL/early URL/early",
                "-T FILE URL/early",
                "-T FILE -H Transfer-Encoding:chunked URL/early",
                "-T FILE -H Expect:100-continue URL/early",
            })
    void curlSeesTheSame(String arguments) throws Exception {
        Path file = Files.write(temp.resolve("upload"), new byte[1_500_000]);
        Path curl = OutsidePrograms.require("curl");

        String direct = curl(curl, arguments, file, origin.port());
        String through = curl(curl, arguments, file, gateway.port());

        assertThat(through).isEqualTo(direct).contains("HTTP/1.1 ").endsWith("exit 0\n");
    }

    private String curl(Path curl, String arguments, Path file, int port) throws Exception {
        List<String> all = new ArrayList<>(List.of("-s", "-S", "-i", "-H", "Host: example.test"));
        for (String word : arguments.split(" ")) {
            all.add(
                    word.replace("URL", "http://127.0.0.1:" + port)
                            .replace("FILE", file.toString()));
        }
        return withoutOwnConnectionLines(Command.run(curl, all));
    }

    /** RFC 9112 section 9.3: whether a connection persists is each hop's own business. */
    private static String withoutOwnConnectionLines(String text) {
        return text.replaceAll("(?m)^Connection: (close|keep-alive)\r\n", "");
    }

    @Test
    void curlReusesItsConnection() throws Exception {
        String url = "http://127.0.0.1:" + gateway.port() + "/small";
        Command.run(OutsidePrograms.require("curl"), List.of("-s", url, url, url));

        assertThat(gateway.count(Count.CONNECTIONS_ACCEPTED)).isEqualTo(1);
        assertThat(gateway.count(Count.UPSTREAM_OPENED)).isEqualTo(1);
        assertThat(gateway.count(Count.UPSTREAM_REUSED)).isEqualTo(2);
    }

    @Test
    void nodeSeesTheSame() throws Exception {
        Path node = OutsidePrograms.require("node");
        Path script = temp.resolve("conversation.js");
        try (InputStream in = ClientsTest.class.getResourceAsStream("conversation.js")) {
            assertThat(in).isNotNull();
            Files.copy(in, script);
        }
        String direct =
                Command.run(node, List.of(script.toString(), Integer.toString(origin.port())));
        String through =
                Command.run(node, List.of(script.toString(), Integer.toString(gateway.port())));

        assertThat(lines(through)).containsExactlyElementsOf(lines(direct)).hasSize(14);
        assertThat(through).endsWith("exit 0\n").contains("\"X-Sum\"", "continue", "103");
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }

    @Test
    void javaSeesTheSame() throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            for (HttpRequest.Builder request :
                    List.of(
                            HttpRequest.newBuilder().uri(uri("/small")).GET(),
                            HttpRequest.newBuilder().uri(uri("/chunked")).GET(),
                            HttpRequest.newBuilder().uri(uri("/small")).HEAD(),
                            HttpRequest.newBuilder().uri(uri("/empty")).GET(),
                            HttpRequest.newBuilder().uri(uri("/down?3000000")).GET(),
                            HttpRequest.newBuilder().uri(uri("/up")).POST(megabyte(true)),
                            HttpRequest.newBuilder().uri(uri("/up")).POST(megabyte(false)),
                            HttpRequest.newBuilder()
                                    .uri(uri("/up"))
                                    .expectContinue(true)
                                    .POST(megabyte(true)))) {
                assertThat(seen(client, request, gateway.port()))
                        .isEqualTo(seen(client, request, origin.port()));
            }
        }
    }

    /** The port is filled in later. */
    private static URI uri(String target) {
        return URI.create("http://127.0.0.1" + target);
    }

    private static HttpRequest.BodyPublisher megabyte(boolean declared) {
        var bytes = HttpRequest.BodyPublishers.ofByteArray(new byte[1 << 20]);
        return declared ? bytes : HttpRequest.BodyPublishers.fromPublisher(bytes);
    }

    private static String seen(HttpClient client, HttpRequest.Builder request, int port)
            throws Exception {
        HttpRequest built = request.copy().build();
        HttpRequest to =
                HttpRequest.newBuilder(built, (name, value) -> true)
                        .uri(
                                URI.create(
                                        built.uri()
                                                .toString()
                                                .replace("127.0.0.1", "127.0.0.1:" + port)))
                        .build();
        HttpResponse<byte[]> response = client.send(to, HttpResponse.BodyHandlers.ofByteArray());
        var headers = new TreeMap<>(response.headers().map());
        headers.remove("connection");
        return "%d %s %d %s"
                .formatted(
                        response.statusCode(),
                        headers,
                        response.body().length,
                        new String(
                                response.body(),
                                0,
                                Math.min(100, response.body().length),
                                StandardCharsets.ISO_8859_1));
    }

    @Test
    void webSocketCarriesTextsBytesPingsAndItsClose() throws Exception {
        byte[] large = new byte[300_000];
        try (var http = HttpClient.newHttpClient();
                var direct = EchoSocket.open(http, origin.port());
                var through = EchoSocket.open(http, gateway.port())) {
            for (EchoSocket each : List.of(direct, through)) {
                assertThat(each.echo("hello")).isEqualTo("hello");
                assertThat(each.echo("ü€😀".repeat(1000))).isEqualTo("ü€😀".repeat(1000));
                assertThat(each.echo(large)).isEqualTo("300000 bytes");
                assertThat(each.ping("p")).isEqualTo("pong p");
                assertThat(each.isOpen()).isTrue();
            }
            assertThat(gateway.count(Count.TUNNELS_OPEN)).isEqualTo(1);
            assertThat(through.finish()).isEqualTo(direct.finish()).isEqualTo("closed 1000 done");
        }
    }

    @Test
    void answersAreTheSameByteForByte() throws Exception {
        for (String path : List.of("/small", "/chunked", "/hints", "/empty", "/unchanged")) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
            assertThat(bytes(gateway.port(), request).replace("Connection: close\r\n", ""))
                    .isEqualTo(bytes(origin.port(), request));
        }
    }

    @Test
    void answerThatEndsWithItsConnectionIsChunkedSoThatItsEndCanBeTold() throws Exception {
        assertThat(
                        bytes(
                                gateway.port(),
                                "GET /until-close HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                .isEqualTo(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                                + "b\r\nuntil close\r\n0\r\n\r\n");
    }

    private static String bytes(int port, String request) throws Exception {
        try (var client = RawClient.connect(port)) {
            return client.send(request).readToEnd().text();
        }
    }
}
