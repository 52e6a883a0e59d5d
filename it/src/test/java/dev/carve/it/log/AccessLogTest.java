package dev.carve.it.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.carve.it.clients.Origin;
import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The access log of a process, from its standard output after it has ended. */
@Timeout(120)
class AccessLogTest {

    private static final int CLIENTS = 8;
    private static final int BATCHES = 20;
    private static final int PIPELINED = 25;
    private static final Pattern TARGET = Pattern.compile("\"target\":\"([^\"]*)\"");
    private static final Pattern STATUS = Pattern.compile("\"status\":([0-9]+)");
    private static final String SECRET = "s3cr3t";

    @TempDir Path temp = Path.of("");

    private GatewayProcess start(String file, int port) throws IOException {
        return GatewayProcess.start(
                temp,
                file
                        + """
                        services: { origin: http://127.0.0.1:%d }
                        routes:
                          - { match: /up/, to: origin }
                          - { match: /here/, respond: { status: 203, body: here } }
                        """
                                .formatted(port),
                List.of());
    }

    private static List<String> ended(GatewayProcess gateway) throws Exception {
        gateway.terminate();
        assertThat(gateway.awaitExit(Duration.ofSeconds(20))).isZero();
        return gateway.log().lines().toList();
    }

    /** What a client was answered, in its order, as the log should have it. */
    private record Line(String target, int status) {

        static Line of(String logged) {
            return new Line(find(TARGET, logged), Integer.parseInt(find(STATUS, logged)));
        }

        boolean isOf(int client) {
            return target.contains("/" + client + "-");
        }
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    @Test
    void pipelinedRequestsHaveOneLineEachInTheOrderOfTheirAnswers() throws Exception {
        var all = new ConcurrentHashMap<Integer, List<Line>>();
        try (var upstream = RecordingUpstream.start();
                var gateway = start("", upstream.port())) {
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.add(
                        Thread.ofVirtual()
                                .start(() -> all.put(number, converse(gateway.port(), number))));
            }
            for (Thread client : clients) {
                client.join();
            }
            assertThat(all).hasSize(CLIENTS);

            List<Line> logged = ended(gateway).stream().map(Line::of).toList();

            assertThat(logged).hasSize(CLIENTS * BATCHES * PIPELINED);
            all.forEach((client, answered) ->
                    assertThat(logged.stream().filter(line -> line.isOf(client)).toList())
                            .as("client %d", client)
                            .isEqualTo(answered));
        }
    }

    /** Local and forwarded answers and refusals in turn, so that the quick could overtake. */
    private static List<Line> converse(int port, int number) {
        List<Line> answered = new ArrayList<>();
        try (var client = RawClient.connect(port)) {
            for (int batch = 0; batch < BATCHES; batch++) {
                var requests = new StringBuilder();
                List<String> targets = new ArrayList<>();
                for (int i = 0; i < PIPELINED; i++) {
                    String folder = List.of("/up", "/here", "/nowhere").get(i % 3);
                    targets.add("%s/%d-%d-%d".formatted(folder, number, batch, i));
                    requests.append("GET ").append(targets.getLast());
                    requests.append(" HTTP/1.1\r\nHost: h\r\n\r\n");
                }
                client.send(requests.toString());
                for (String target : targets) {
                    answered.add(new Line(target, client.read().status()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answered;
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "common"})
    void noSecretOfAQueryIsWritten(String format) throws Exception {
        List<String> queries =
                List.of(
                        "token=" + SECRET,
                        "a=1&token=" + SECRET + "&b=2",
                        "ACCESS_token=" + SECRET,
                        "a=1;token=" + SECRET,
                        "token=x;" + SECRET,
                        "next=/cb?code=" + SECRET,
                        "next=%2Fcb%3Fcode%3D" + SECRET + "%26state%3D1",
                        "%74oken=" + SECRET,
                        "token=" + SECRET + "&token=" + SECRET,
                        "password=%73" + SECRET,
                        "a=b=c&key==" + SECRET,
                        "&&secret=" + SECRET + "=" + SECRET);
        try (var upstream = RecordingUpstream.start();
                var gateway = start("access_log: " + format + "\n", upstream.port());
                var client = RawClient.connect(gateway.port())) {
            for (String query : queries) {
                for (String path : List.of("/up/", "/here/", "/nowhere", "http://h/up/")) {
                    client.send(
                            "GET %s?%s HTTP/1.1\r\nHost: h\r\nReferer: http://r/?%s\r\n\r\n"
                                    .formatted(path, query, query));
                    assertThat(client.read().status()).isIn(200, 203, 404);
                }
            }
            // What is wrong is refused, and must not be told in full either.
            for (String wrong : List.of("Host : h", "Host: h\r\nHost: i")) {
                try (var other = RawClient.connect(gateway.port())) {
                    other.send("GET /up/?token=" + SECRET + " HTTP/1.1\r\n" + wrong + "\r\n\r\n");
                    assertThat(other.read().status()).isEqualTo(400);
                }
            }

            List<String> lines = ended(gateway);

            assertThat(lines).hasSize(4 * queries.size() + 2);
            assertThat(lines).noneMatch(line -> line.contains(SECRET));
            assertThat(gateway.errors()).doesNotContain(SECRET);
            // What is no secret is there.
            assertThat(lines).anyMatch(line -> line.contains("?a=1&token=***&b=2"));
            assertThat(lines.stream().filter(line -> line.contains("***")))
                    .hasSize(4 * queries.size());
        }
    }

    @Test
    void redactedNamesAreThoseOfTheFile() throws Exception {
        try (var upstream = RecordingUpstream.start();
                var gateway = start("access_log: { redact: [ticket] }\n", upstream.port());
                var client = RawClient.connect(gateway.port())) {
            client.send("GET /here/?ticket=abc&token=def HTTP/1.1\r\nHost: h\r\n\r\n").read();

            assertThat(ended(gateway))
                    .singleElement(STRING)
                    .contains("\"target\":\"/here/?ticket=***&token=def\"");
        }
    }

    @Test
    void clientThatGoesWhileItWaitsIsSaidToHaveEndedIt() throws Exception {
        try (var upstream = ScriptedUpstream.start(Script.perRequest(new Step.Stall()));
                var gateway = start("", upstream.port());
                var client = RawClient.connect(gateway.port())) {
            client.send("GET /up/waiting HTTP/1.1\r\nHost: h\r\n\r\n");
            upstream.awaitRequests(1);
            client.reset();
            awaitAborted(gateway);

            assertThat(ended(gateway))
                    .singleElement(STRING)
                    .contains(
                            "\"target\":\"/up/waiting\"",
                            "\"status\":499",
                            "\"outcome\":\"client_aborted\",\"ended_by\":\"client\"");
        }
    }

    @Test
    void clientThatGoesWithinItsBodyIsSaidToHaveEndedIt() throws Exception {
        try (var origin = Origin.start();
                var gateway = start("", origin.port());
                var client = RawClient.connect(gateway.port())) {
            client.send("POST /up/ HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
            Await.until("the request at the origin", () -> origin.requests() == 1);
            client.halfClose();
            awaitAborted(gateway);

            assertThat(ended(gateway))
                    .singleElement(STRING)
                    .contains(
                            "\"status\":499",
                            "\"received\":3",
                            "\"outcome\":\"client_aborted\",\"ended_by\":\"client\"");
        }
    }

    @Test
    void clientThatGoesWithinItsAnswerIsSaidToHaveEndedIt() throws Exception {
        String begun = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab";
        try (var upstream =
                        ScriptedUpstream.start(
                                Script.perRequest(new Step.Respond(begun), new Step.Stall()));
                var gateway = start("", upstream.port());
                var client = RawClient.connect(gateway.port())) {
            client.send("GET /up/begun HTTP/1.1\r\nHost: h\r\n\r\n").awaitBytes();
            client.reset();
            awaitAborted(gateway);

            assertThat(ended(gateway))
                    .singleElement(STRING)
                    .contains(
                            "\"status\":200",
                            "\"outcome\":\"client_aborted\",\"ended_by\":\"client\"");
        }
    }

    @Test
    void serviceThatGoesWithinItsAnswerIsSaidToHaveEndedIt() throws Exception {
        try (var upstream = ScriptedUpstream.start(Script.oneRequest(new Step.Truncate(10, "ab")));
                var gateway = start("", upstream.port());
                var client = RawClient.connect(gateway.port())) {
            client.send("GET /up/cut HTTP/1.1\r\nHost: h\r\n\r\n").readToEnd();

            assertThat(ended(gateway))
                    .singleElement(STRING)
                    .contains(
                            "\"status\":200",
                            "\"outcome\":\"upstream_closed\",\"ended_by\":\"upstream\"");
        }
    }

    private static void awaitAborted(GatewayProcess gateway) {
        Await.until(
                "the abort counted",
                () -> {
                    try {
                        return gateway.scrape()
                                        .count("carve_failures_total", "code=\"client_aborted\"")
                                == 1;
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
