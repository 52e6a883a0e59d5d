package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.testkit.Await;
import dev.carve.testkit.Field;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several instances behind one route. */
class BalancedServiceTest {

    private static ScriptedUpstream named(String name) {
        return ScriptedUpstream.start(
                Script.perRequest(new Step.RespondText(200, List.of(), name)));
    }

    private static String yaml(String settings, ScriptedUpstream... upstreams) {
        StringBuilder yaml = new StringBuilder("services:\n  m:\n    urls:\n");
        for (ScriptedUpstream each : upstreams) {
            yaml.append("      - http://127.0.0.1:").append(each.port()).append('\n');
        }
        for (String line : settings.split("\n")) {
            yaml.append("    ").append(line).append('\n');
        }
        return yaml.append("routes: [{match: /, to: m}]\n").toString();
    }

    private static String cookie(RawResponse answer) {
        String line = answer.field("Set-Cookie").orElseThrow();
        return line.substring(0, line.indexOf(';'));
    }

    @Test
    void stickyClientsStayAndAreMovedWhenTheirInstanceIsGone() throws Exception {
        try (ScriptedUpstream a = named("a");
                ScriptedUpstream b = named("b");
                RunningGateway gateway =
                        RunningGateway.start(yaml("balance: {sticky: lb}\nretries: 1", a, b))) {
            RawResponse first = gateway.get("/");
            String id = cookie(first);
            assertThat(first.field("Set-Cookie").orElseThrow())
                    .matches("lb=[0-9a-f]{16}; Path=/; HttpOnly; SameSite=Lax");
            for (int i = 0; i < 5; i++) {
                RawResponse again = gateway.get("/", "Cookie: x=1; " + id);
                assertThat(again.bodyText()).isEqualTo(first.bodyText());
                assertThat(again.field("Set-Cookie")).isEmpty();
            }
            Service service = gateway.gateway.registry().services().iterator().next();
            Instance home = service.members().instances().get(first.bodyText().equals("a") ? 0 : 1);
            service.drain(home, "test");
            RawResponse moved = gateway.get("/", "Cookie: " + id);
            assertThat(moved.bodyText()).isNotEqualTo(first.bodyText());
            assertThat(cookie(moved)).isNotEqualTo(id);
        }
    }

    @Test
    void stickyCookieIsAddedBesideTheServicesOwn() throws Exception {
        try (ScriptedUpstream a =
                        ScriptedUpstream.start(
                                Script.perRequest(
                                        new Step.Respond(
                                                "HTTP/1.1 200 OK\r\nSet-Cookie: own=1\r\n"
                                                        + "Content-Length: 0\r\n\r\n")));
                RunningGateway gateway =
                        RunningGateway.start(
                                yaml(
                                        "balance: {sticky: {cookie: lb, path: /s, max_age: 1h,"
                                                + " secure: true, http_only: false}}",
                                        a))) {
            List<String> set =
                    gateway.get("/").fields().stream()
                            .filter(each -> each.name().equals("Set-Cookie"))
                            .map(Field::value)
                            .toList();
            assertThat(set).hasSize(2).first().isEqualTo("own=1");
            assertThat(set.get(1))
                    .matches("lb=[0-9a-f]{16}; Path=/s; Max-Age=3600; Secure; SameSite=Lax");
        }
    }

    /** What answers each of many clients, all of them behind one proxy; each asks twice. */
    private static Set<String> answers(RunningGateway gateway) throws Exception {
        Set<String> answers = new TreeSet<>();
        for (int i = 1; i <= 60; i++) {
            String client = "X-Forwarded-For: 203.0.113.7, 192.0.2." + i;
            String answer = gateway.get("/", client).bodyText();
            assertThat(gateway.get("/", client).bodyText()).isEqualTo(answer);
            answers.add(answer);
        }
        return answers;
    }

    @Test
    void clientsBehindAProxyHaveInstancesOfTheirOwnOnlyIfItIsTrusted() throws Exception {
        try (ScriptedUpstream a = named("a");
                ScriptedUpstream b = named("b")) {
            String yaml = yaml("balance: {hash: address}", a, b);
            try (RunningGateway gateway = RunningGateway.start(yaml)) {
                assertThat(answers(gateway)).hasSize(1);
                gateway.reload("forwarded: {trusted: [127.0.0.1]}\n" + yaml);
                assertThat(answers(gateway)).containsExactly("a", "b");
            }
        }
    }

    @Test
    void aFailedAttemptsInstanceIsNotTheOneThatTheCookieNames() throws Exception {
        try (ScriptedUpstream a = named("a");
                ScriptedUpstream b = named("b");
                RunningGateway gateway =
                        RunningGateway.start(yaml("balance: {sticky: lb}", a, b))) {
            RawResponse first = gateway.get("/");
            (first.bodyText().equals("a") ? a : b).refuseConnections();
            (first.bodyText().equals("a") ? a : b).cutConnections();
            RawResponse moved = gateway.get("/", "Cookie: " + cookie(first));
            assertThat(moved.status()).isEqualTo(200);
            assertThat(moved.bodyText()).isNotEqualTo(first.bodyText());
            RawResponse stays = gateway.get("/", "Cookie: " + cookie(moved));
            assertThat(stays.bodyText()).isEqualTo(moved.bodyText());
            assertThat(stays.field("Set-Cookie")).isEmpty();
        }
    }

    @Test
    void equalKeysMeetAtOneInstanceAndManyAreSpread() throws Exception {
        try (ScriptedUpstream a = named("a");
                ScriptedUpstream b = named("b");
                RunningGateway gateway =
                        RunningGateway.start(yaml("balance: {hash: header:X-User}", a, b))) {
            StringBuilder seen = new StringBuilder();
            for (int user = 0; user < 64; user++) {
                String first = gateway.get("/", "X-User: u" + user).bodyText();
                assertThat(gateway.get("/", "X-User: u" + user).bodyText()).isEqualTo(first);
                seen.append(first);
            }
            assertThat(seen.toString()).contains("a").contains("b");
        }
    }

    @Test
    void aFullInstanceIsPassedOverAndAFullServiceIsOverloaded() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Script held =
                Script.perRequest(
                        new Step.Await(release, Duration.ofSeconds(10)),
                        new Step.RespondText(200, List.of(), "held"));
        try (ScriptedUpstream a = ScriptedUpstream.start(held);
                ScriptedUpstream b = ScriptedUpstream.start(held);
                RunningGateway gateway = RunningGateway.start(yaml("requests: 1", a, b));
                RawClient first = gateway.client();
                RawClient second = gateway.client()) {
            first.send(RunningGateway.head("GET", "/"));
            second.send(RunningGateway.head("GET", "/"));
            a.awaitRequests(1);
            b.awaitRequests(1);
            RawResponse third = gateway.get("/");
            assertThat(third.status()).isEqualTo(503);
            assertThat(third.field("Carve-Error")).contains("overloaded");
            release.countDown();
            assertThat(first.read("GET").status()).isEqualTo(200);
            assertThat(second.read("GET").status()).isEqualTo(200);
            assertThat(gateway.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void aBoundOnConnectionsStarvesNoLoop() throws Exception {
        try (Stage stage = new Stage(2, "connections: 1\nretries: 1", "", Stage.good("a"));
                RawClient one = stage.gateway.client();
                RawClient other = stage.gateway.client()) {
            for (int i = 0; i < 5; i++) {
                for (RawClient client : List.of(one, other)) {
                    assertThat(client.send(RunningGateway.head("GET", "/")).read().status())
                            .isEqualTo(200);
                    assertThat(stage.instance(0).upstream().connections()).isOne();
                }
            }
            // Each on a loop of its own: the place went to and fro.
            assertThat(stage.instances.getFirst().connections()).hasSize(10);
            stage.awaitQuiet();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whoIsOutOfConnectionsIsPassedOverUntilNoneIsLeft(int loops) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Script held =
                Script.perRequest(
                        new Step.Await(release, Duration.ofSeconds(30)),
                        new Step.RespondText(200, List.of(), "held"));
        // Equal keys: each call is sent to where the first one is, as far as the balance goes.
        String settings = "balance: {hash: header:X-User}\nconnections: 1";
        try (Stage stage = new Stage(loops, settings, "", held, held, held, held)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 1; i <= stage.instances.size(); i++) {
                RawClient client = stage.gateway.client();
                clients.add(client);
                client.send(RunningGateway.head("GET", "/", "X-User: u"));
                int calls = i;
                Await.until("call " + i, () -> requests(stage) == calls);
            }
            RawResponse more = stage.gateway.get("/", "X-User: u");
            assertThat(more.status()).isEqualTo(503);
            assertThat(more.field("Carve-Error")).contains("overloaded");
            release.countDown();
            for (RawClient client : clients) {
                assertThat(client.read().status()).isEqualTo(200);
                client.close();
            }
            stage.awaitQuiet();
        }
    }

    private static long requests(Stage stage) {
        return stage.instances.stream().mapToLong(ScriptedUpstream::requestCount).sum();
    }

    @Test
    void aServiceWithoutAnEligibleInstanceSaysSo() throws Exception {
        try (ScriptedUpstream a = named("a");
                RunningGateway gateway = RunningGateway.to(a.port())) {
            Service service = gateway.gateway.registry().services().iterator().next();
            service.unhealthy(service.members().instances().getFirst(), "status 500");
            RawResponse answer = gateway.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.field("Carve-Error")).contains("no_instance");
            assertThat(a.requestCount()).isZero();
        }
    }

    @Test
    void aRemovedInstanceFinishesItsCallsAndGetsNoMore() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedUpstream a =
                        ScriptedUpstream.start(
                                Script.perRequest(
                                        new Step.Await(release, Duration.ofSeconds(10)),
                                        new Step.RespondText(200, List.of(), "a")));
                ScriptedUpstream b = named("b");
                RunningGateway gateway = RunningGateway.start(yaml("retries: 1", a));
                RawClient open = gateway.client()) {
            open.send(RunningGateway.head("GET", "/"));
            a.awaitRequests(1);
            gateway.gateway.load(RunningGateway.settings(yaml("retries: 1", b)));
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.get("/").bodyText()).isEqualTo("b");
            }
            release.countDown();
            assertThat(open.read("GET").bodyText()).isEqualTo("a");
            a.awaitNoOpenConnections();
            assertThat(a.requestCount()).isEqualTo(1);
        }
    }

    /** What one request looks like at a socket of the file system. */
    private static String seenAt(Path socket, String request) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            String yaml = "services: {m: \"unix:" + socket + "\"}\nroutes: [{match: /, to: m}]\n";
            try (RunningGateway gateway = RunningGateway.start("forwarded: off\n" + yaml);
                    RawClient client = gateway.client()) {
                client.send(request);
                try (SocketChannel connection = server.accept()) {
                    ByteBuffer bytes = ByteBuffer.allocate(1024);
                    while (!text(bytes).endsWith("\r\n\r\n")) {
                        assertThat(connection.read(bytes)).isPositive();
                    }
                    connection.write(
                            ByteBuffer.wrap(
                                    "HTTP/1.1 204 No Content\r\n\r\n"
                                            .getBytes(StandardCharsets.US_ASCII)));
                    assertThat(client.read("GET").status()).isEqualTo(204);
                    return text(bytes);
                }
            }
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes.duplicate().flip()).toString();
    }

    @Test
    void aSocketGetsTheClientsHostOrLocalhost(@TempDir Path folder) throws Exception {
        assertThat(seenAt(folder.resolve("a"), "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        assertThat(seenAt(folder.resolve("b"), "GET / HTTP/1.0\r\n\r\n"))
                .isEqualTo("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
}
