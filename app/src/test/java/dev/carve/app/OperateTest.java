package dev.carve.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.config.LoadResult;
import dev.carve.config.Loaded;
import dev.carve.config.Source;
import dev.carve.runtime.Clock;
import dev.carve.testkit.Await;
import dev.carve.testkit.DnsReply;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.ScriptedDns;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that speak to a running gateway, with a running gateway. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OperateTest {

    private static final String GET = "GET /users/7 HTTP/1.1\r\nHost: a\r\n\r\n";

    @TempDir Path folder = Path.of("");

    private final RecordingUpstream first = RecordingUpstream.answering("first");
    private final RecordingUpstream second = RecordingUpstream.answering("second");
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Server server = server(List.of());

    @BeforeEach
    void serving() {
        assertThat(server.isReady()).isTrue();
    }

    @AfterEach
    void close() {
        server.close();
        first.close();
        second.close();
    }

    private String yaml() {
        return """
        listen: 127.0.0.1:0
        admin: {address: "127.0.0.1:0", token: s3cret-one}
        access_log: off
        threads: {loops: 1}
        services:
          monolith: http://127.0.0.1:%1$d
          users: {urls: ["http://127.0.0.1:%1$d", "http://127.0.0.1:%2$d"]}
        routes:
          - {match: /, to: monolith}
          - {match: "GET /users/{id}", to: users, name: reading users, timeout: 5s, safe: true}
          - {match: /old, respond: 410}
        """
                .formatted(first.port(), second.port());
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("carve.yaml"), yaml);
    }

    private Server server(List<String> flags) {
        return server(yaml(), Map.of(), flags);
    }

    private static Server server(String yaml, Map<String, String> environment, List<String> flags) {
        Source source = Source.text("carve.yaml", yaml);
        LoadResult loaded = Configuration.LOADER.load(source, environment, flags);
        try {
            return Server.start((Loaded) loaded, new ServerOptions(Clock.system(), () -> loaded));
        } catch (StartException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private String admin() {
        return "127.0.0.1:" + Objects.requireNonNull(server.adminAddress()).getPort();
    }

    private int carve(String... arguments) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--admin", admin()));
        return Main.run(
                all,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private RawClient client() throws IOException {
        return RawClient.connect(server.addresses().getFirst().getPort());
    }

    private static String name(RecordingUpstream of) {
        return "127.0.0.1:" + of.port();
    }

    private void request() throws IOException {
        try (RawClient client = client()) {
            client.send(GET).read();
        }
    }

    // Status and routes.

    @Test
    void statusShowsProcessServicesInstancesAndRoutes() throws IOException {
        request();
        Await.until(
                "the request is counted",
                () -> {
                    assertThat(carve("status", "--over", "100ms")).as(err()).isZero();
                    return out().contains("reading users");
                });
        assertThat(out())
                .contains("carve " + Version.TEXT + " at " + admin())
                .contains("ready")
                .containsPattern("machine +(ok|short)")
                .containsPattern("loops +1, late by")
                .containsPattern("(?m)^users ")
                .containsPattern("(?m)^  " + name(second) + " +up +\\d+s");
        assertThat(err()).isEmpty();
    }

    @Test
    void jsonIsWhatTheGatewayAnswers() {
        assertThat(carve("status", "--json", "--over", "100ms")).isZero();
        JsonTree tree = Objects.requireNonNull(JsonTree.parse(out()));
        assertThat(tree.get("process").get("version").text()).isEqualTo(Version.TEXT);
        assertThat(tree.get("traffic").get("over").number()).isBetween(0.09, 30.0);
        assertThat(tree.get("traffic").get("services").items()).hasSize(2);
        assertThat(carve("routes", "--json")).isZero();
        assertThat(Objects.requireNonNull(JsonTree.parse(out())).items()).hasSize(3);
    }

    @Test
    void wrongTimeIsToldByTheGateway() {
        assertThat(carve("status", "--over", "2h")).isEqualTo(1);
        assertThat(err()).contains("over: \"2h\" (expected: from 100ms to 60s)");
    }

    @Test
    void routesAreListedInTheOrderOfTheFile() {
        assertThat(carve("routes")).isZero();
        assertThat(out().lines())
                .hasSize(4)
                .satisfiesExactly(
                        titles -> assertThat(titles).startsWith("match"),
                        all -> assertThat(all).containsPattern("^/ +to monolith +0 +-$"),
                        reading ->
                                assertThat(reading)
                                        .containsPattern(
                                                "^GET /users/\\{id\\} +reading users +to users"
                                                        + " +timeout 5s, safe +0 +-$"),
                        old -> assertThat(old).containsPattern("^/old +respond 410 +0 +-$"));
    }

    // Instances.

    @Test
    void drainedInstanceGetsNoCallsUntilItIsEnabled() throws IOException {
        assertThat(carve("service", "drain", "users", name(first), "--reason", "deploy 7"))
                .as(err())
                .isZero();
        assertThat(out())
                .isEqualToIgnoringNewLines(
                        "users "
                                + name(first)
                                + ": now draining (deploy 7), 0 calls under way; 1 of 2 instances"
                                + " take calls");
        for (int i = 0; i < 4; i++) {
            request();
        }
        assertThat(first.requestCount()).isZero();
        assertThat(second.requestCount()).isEqualTo(4);
        assertThat(carve("status", "--over", "100ms")).isZero();
        assertThat(out()).containsPattern("(?m)^  " + name(first) + " +draining .*deploy 7$");

        assertThat(carve("service", "enable", "users", name(first))).isZero();
        assertThat(out()).contains("now up, 0 calls under way; 2 of 2 instances take calls");
        for (int i = 0; i < 4; i++) {
            request();
        }
        assertThat(first.requestCount()).isEqualTo(2);
    }

    @Test
    void doneTwiceItChangesNothingAndKeepsItsReason() {
        assertThat(carve("service", "disable", "users", name(first), "--reason", "broken"))
                .isZero();
        assertThat(carve("service", "disable", "users", name(first))).isZero();
        assertThat(out()).contains("is disabled (broken)");
        assertThat(carve("service", "drain", "users", name(first))).isZero();
        assertThat(out()).contains("now draining (by an operator)");
        assertThat(carve("service", "enable", "users", name(first))).isZero();
        assertThat(carve("service", "enable", "users", name(first))).isZero();
        assertThat(out()).contains("is up");
    }

    @Test
    void instanceThatWasFoundByItsNameIsDrainedAndEnabledLikeAnyOther() throws IOException {
        try (ScriptedDns dns = ScriptedDns.start()) {
            dns.reply("users.test", new DnsReply.Addresses(300, "127.0.0.1", "127.0.0.2"));
            String named =
                    "{dns: {name: \"users.test:%d\", server: \"%s\"}}"
                            .formatted(first.port(), dns.addressText());
            server.close();
            server = server(yaml().replaceFirst("\\{urls: .*]}", named), Map.of(), List.of());
            String other = "127.0.0.2:" + first.port();
            assertThat(carve("service", "drain", "users", other, "--reason", "moved"))
                    .as(err())
                    .isZero();
            assertThat(out()).contains("now draining (moved)", "1 of 2 instances take calls");
            for (int i = 0; i < 4; i++) {
                request();
            }
            assertThat(first.requestCount()).isEqualTo(4);
            assertThat(carve("status", "--over", "100ms")).isZero();
            assertThat(out())
                    .contains("\n  dns users.test:" + first.port() + ": 2 addresses\n")
                    .containsPattern("(?m)^  " + other + " +draining .*moved$");
            assertThat(carve("service", "enable", "users", "http://" + other)).isZero();
            assertThat(out()).contains("now up", "2 of 2 instances take calls");
            assertThat(carve("service", "drain", "users", "users.test:" + first.port()))
                    .as("the name is no instance")
                    .isEqualTo(2);
        }
    }

    @Test
    void lastInstanceCanBeDrainedAndThatIsSaid() {
        assertThat(carve("service", "drain", "monolith", "http://" + name(first))).isZero();
        assertThat(out()).contains("no instance of monolith takes calls");
    }

    @Test
    void callsUnderWayAreToldAndFinished() throws IOException {
        try (RawClient client = client()) {
            client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
            first.awaitConnections(1);
            assertThat(carve("service", "drain", "monolith", name(first))).isZero();
            assertThat(out()).contains("1 call under way");
            assertThat(client.send("b").read("POST").bodyText()).isEqualTo("first");
        }
    }

    @Test
    void unknownNamesAreAnsweredWithWhatThereIs() {
        assertThat(carve("service", "drain", "user", name(first))).isEqualTo(2);
        assertThat(err())
                .isEqualToIgnoringNewLines(
                        "carve: service: no service named \"user\" (did you mean \"users\"?; there"
                                + " are: monolith, users)");
        assertThat(carve("service", "drain", "users", "127.0.0.1:1")).isEqualTo(2);
        assertThat(err())
                .contains("instance: no instance of users named \"127.0.0.1:1\" (")
                .contains(name(first))
                .contains(name(second));
    }

    // Diff.

    private int diff(String yaml, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("diff"));
        arguments.add(write(yaml).toString());
        arguments.addAll(List.of(more));
        return carve(arguments.toArray(String[]::new));
    }

    @Test
    void sameFileInOtherWordsIsNoDifference() throws IOException {
        assertThat(diff(yaml().replace("timeout: 5s", "timeout: 5000ms"))).as(err()).isZero();
        assertThat(out()).isEqualToIgnoringNewLines("no difference");
    }

    @Test
    void differencesStandUnderServiceAndRouteWithWhatAReloadWouldDo() throws IOException {
        String changed =
                yaml().replace("timeout: 5s", "timeout: 6s")
                        .replace(", \"http://127.0.0.1:" + second.port() + "\"", "")
                        .replace("/old, respond: 410", "/new, respond: 410")
                        .replace("s3cret-one", "s3cret-two");
        assertThat(diff(changed)).as(err()).isEqualTo(1);
        assertThat(out().lines())
                .startsWith("service users")
                .containsSequence("admin", "  ~ token: <secret> is another")
                .containsSequence("route reading users (GET /users/{id})", "  ~ timeout: 5s -> 6s")
                .containsSequence("route /new", "  ~ match: /old -> /new")
                .contains(
                        "a reload",
                        "  changes service users; 1 instance stays, connections included; drains"
                                + " and removes http://"
                                + name(second),
                        "  keeps 1 other service untouched",
                        "  swaps the routes in one step; requests under way end as they began",
                        "  leaves the admin listener as it is until the next start");
        assertThat(out()).containsPattern("(?m)^  - urls\\[1\\]: ").doesNotContain("s3cret");
    }

    @Test
    void differencesForProgramsAreJson() throws IOException {
        assertThat(diff(yaml().replace("timeout: 5s", "timeout: 6s"), "--json")).isEqualTo(1);
        JsonTree tree = Objects.requireNonNull(JsonTree.parse(out()));
        assertThat(tree.get("equal").flag()).isFalse();
        JsonTree change = tree.get("changes").items().getFirst();
        assertThat(change.get("path").text()).isEqualTo("routes[1].timeout");
        assertThat(change.get("kind").text()).isEqualTo("changed");
        assertThat(change.get("before").text()).isEqualTo("5s");
        assertThat(change.get("after").text()).isEqualTo("6s");
        assertThat(tree.get("reload").items()).hasSize(1);
    }

    @Test
    void whatAFlagFixedThereIsNoDifference() throws IOException {
        server.close();
        server =
                server(
                        List.of(
                                "shutdown.grace=3s",
                                "admin.token=s3cret-flag",
                                // Hidden in part; neither side tells the other what it is.
                                "routes[2].respond.body=see redis://:s3cret-url@h"));
        String changed = yaml().replace("s3cret-one", "s3cret-two") + "shutdown: {grace: 9s}\n";
        assertThat(diff(changed)).as(err()).isZero();
        assertThat(out().lines())
                .contains(
                        "no difference",
                        "fixed there, whatever the file says:",
                        "  shutdown.grace by flag shutdown.grace",
                        "  admin.token by flag admin.token");
        assertThat(out()).doesNotContain("s3cret");
    }

    @Test
    void portOfThePlatformYieldsToAFileThatNamesTheAddress() throws IOException {
        String unnamed = yaml().replace("listen: 127.0.0.1:0\n", "");
        server.close();
        server = server(unnamed, Map.of("PORT", "0"), List.of());
        assertThat(diff(unnamed)).as(err()).isZero();
        assertThat(diff(unnamed + "listen: 127.0.0.1:0\n")).isEqualTo(1);
        assertThat(out()).contains("listen\n  ~ [0].address: 0 -> 127.0.0.1:0");
    }

    @Test
    void wrongFileIsTroubleAndToldAtItsPlace() throws IOException {
        assertThat(diff(yaml().replace("to: users", "to: usres"))).isEqualTo(2);
        assertThat(err()).contains("no service named \"usres\" (did you mean \"users\"?)");
        assertThat(out()).isEmpty();
    }

    @Test
    void twoFilesAreComparedWithoutAGateway() throws IOException {
        Path other = Files.writeString(folder.resolve("other.yaml"), yaml());
        String old = write(yaml().replace("timeout: 5s", "timeout: 6s")).toString();
        assertThat(carve("diff", old, other.toString())).isEqualTo(1);
        assertThat(out()).contains("  ~ timeout: 6s -> 5s");
        assertThat(carve("diff", other.toString(), other.toString())).isZero();
    }
}
