package dev.carve.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.NameWatch;
import dev.carve.gateway.service.NameWatch.Outcome;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.service.Standing.State;
import dev.carve.testkit.Await;
import dev.carve.testkit.DnsReply;
import dev.carve.testkit.NoLeaks;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RecordingUpstream;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedDns;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Services whose instances are the addresses of a name, as a name server tells them. */
@ExtendWith(NoLeaks.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NamedServiceTest {

    private static final String HERE = "127.0.0.1";

    /** Where nothing of a test listens. */
    private static final String ELSEWHERE = "127.0.0.2";

    private final ScriptedDns dns = ScriptedDns.start();

    @AfterEach
    void close() {
        dns.close();
    }

    private void reply(String... addresses) {
        dns.reply("users.test", new DnsReply.Addresses(1, addresses));
    }

    private String yaml(int port, String... lines) {
        StringBuilder yaml = new StringBuilder("services:\n  m:\n");
        yaml.append("    dns: {name: \"users.test:").append(port);
        yaml.append("\", server: \"").append(dns.addressText()).append("\"}\n");
        for (String line : lines) {
            yaml.append("    ").append(line).append('\n');
        }
        return yaml.append("routes: [{match: /, to: m}]\n").toString();
    }

    private static Service service(RunningGateway gateway) {
        return gateway.gateway.registry().services().iterator().next();
    }

    private static List<String> names(List<Instance> instances) {
        return instances.stream().map(Instance::name).toList();
    }

    private static void awaitInstances(RunningGateway gateway, int port, String... addresses) {
        List<String> wanted = List.of(addresses).stream().map(each -> each + ":" + port).toList();
        Await.until(
                "instances " + wanted,
                Duration.ofSeconds(20),
                () -> names(service(gateway).members().instances()).equals(wanted),
                () -> names(service(gateway).members().instances()).toString());
    }

    private static void awaitOutcome(RunningGateway gateway, Outcome outcome) {
        NameWatch watch =
                Objects.requireNonNull(gateway.gateway.registry().discovery().watches().get("m"));
        Await.until(
                "a look-up to end as " + outcome.code(),
                Duration.ofSeconds(20),
                () -> watch.last() == outcome,
                () -> String.valueOf(watch.last()));
    }

    @Test
    void whenAFileIsLoadedItsNamesAreKnown() throws Exception {
        reply(HERE, ELSEWHERE);
        try (RecordingUpstream upstream = RecordingUpstream.answering("well");
                RunningGateway gateway =
                        RunningGateway.start(yaml(upstream.port(), "retries: 2"))) {
            assertThat(names(service(gateway).members().instances()))
                    .containsExactly(
                            HERE + ":" + upstream.port(), ELSEWHERE + ":" + upstream.port());
            assertThat(gateway.gateway.unready()).isNull();
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
        }
    }

    @Test
    void aNameThatIsNotFoundIsAServiceWithoutInstancesUntilItIs() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.answering("well");
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port()))) {
            assertThat(gateway.get("/").field("Carve-Error")).contains("no_instance");
            assertThat(service(gateway).refusal(null).detail())
                    .isEqualTo("no instance of m: users.test:" + upstream.port() + ": no_name");
            assertThat(gateway.gateway.unready()).as("it was asked for").isNull();
            reply(HERE);
            awaitInstances(gateway, upstream.port(), HERE);
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
        }
    }

    @Test
    void readinessNeedsAnAddressWhereItIsAskedFor() throws Exception {
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(yaml(upstream.port(), "readiness: true"))) {
            assertThat(gateway.gateway.unready()).isEqualTo("m");
            reply(HERE);
            Await.until("readiness", () -> gateway.gateway.unready() == null);
        }
    }

    @Test
    void whatIsKnownStaysWhileTheNameServerFails() throws Exception {
        reply(HERE);
        try (RecordingUpstream upstream = RecordingUpstream.answering("well");
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port()))) {
            Instance before = service(gateway).members().instances().getFirst();
            dns.reply("users.test", DnsReply.SERVER_FAILURE);
            awaitOutcome(gateway, Outcome.SERVER_FAILURE);
            dns.reply("users.test", DnsReply.NO_NAME);
            awaitOutcome(gateway, Outcome.NO_NAME);
            assertThat(service(gateway).members().instances()).containsExactly(before);
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
            ServiceStatus.DnsStatus shown =
                    ServiceStatus.DnsStatus.of(
                            Objects.requireNonNull(
                                    gateway.gateway
                                            .registry()
                                            .discovery()
                                            .watches()
                                            .get(service(gateway).name())),
                            Instant.now());
            assertThat(shown.addresses()).isEqualTo(1);
            assertThat(shown.result()).isEqualTo("no_name");
        }
    }

    @Test
    void addressesThatStayKeepTheirInstancesAndConnections() throws Exception {
        reply(HERE);
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port()))) {
            gateway.get("/");
            Instance before = service(gateway).members().instances().getFirst();
            service(gateway).drain(before, "an operator said so");
            reply(HERE, ELSEWHERE);
            awaitInstances(gateway, upstream.port(), HERE, ELSEWHERE);
            assertThat(service(gateway).members().instances().getFirst()).isSameAs(before);
            assertThat(before.standing().state()).isEqualTo(State.DRAINING);
            assertThat(before.upstream().connections()).isEqualTo(1);
            assertThat(upstream.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void anAddressThatCameGetsItsShareSlowly() throws Exception {
        reply(HERE);
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway =
                        RunningGateway.start(yaml(upstream.port(), "slow_start: 1h"))) {
            reply(HERE, ELSEWHERE);
            awaitInstances(gateway, upstream.port(), HERE, ELSEWHERE);
            List<Instance> now = service(gateway).members().instances();
            assertThat(now.getFirst().standing().state()).isEqualTo(State.UP);
            assertThat(now.getLast().standing().state()).isEqualTo(State.STARTING);
        }
    }

    /** What a service does with one call that is under way and one connection that is idle. */
    private void drains(ChangeOf change, String reason) throws Exception {
        CountDownLatch let = new CountDownLatch(1);
        Step well = new Step.RespondText(200, List.of(), "well");
        reply(HERE);
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.perRequest(
                                        new Step.Await(let, Duration.ofSeconds(30)), well),
                                Script.perRequest(well));
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port()));
                RawClient slow = gateway.client()) {
            Instance before = service(gateway).members().instances().getFirst();
            slow.send(RunningGateway.head("GET", "/slow"));
            upstream.awaitConnections(1);
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
            assertThat(before.upstream().connections()).isEqualTo(2);

            change.in(gateway, upstream.port());
            Await.until("the idle connection to be closed", () -> upstream.openConnections() == 1);
            assertThat(service(gateway).shown()).contains(before);
            assertThat(before.standing().state()).isEqualTo(State.DRAINING);
            assertThat(before.standing().reason()).isEqualTo(reason);
            assertThat(gateway.get("/").field("Carve-Error")).contains("connect_refused");

            let.countDown();
            assertThat(slow.read("GET").bodyText()).isEqualTo("well");
            upstream.awaitNoOpenConnections();
            Await.until(
                    "the instance to be gone", () -> !service(gateway).shown().contains(before));
        }
    }

    private interface ChangeOf {
        void in(RunningGateway gateway, int port);
    }

    @Test
    void anAddressThatWentIsDrained() throws Exception {
        drains(
                (gateway, port) -> {
                    reply(ELSEWHERE);
                    awaitInstances(gateway, port, ELSEWHERE);
                },
                "no longer an address of users.test");
    }

    @Test
    void anInstanceThatTheFileTookAwayIsDrained() throws Exception {
        drains(
                (gateway, port) ->
                        gateway.reload(
                                "services: {m: \"http://"
                                        + ELSEWHERE
                                        + ":"
                                        + port
                                        + "\"}\nroutes: [{match: /, to: m}]\n"),
                "taken out of the file");
    }

    @Test
    void anAddressThatComesBackFindsItsConnections() throws Exception {
        CountDownLatch let = new CountDownLatch(1);
        Step well = new Step.RespondText(200, List.of(), "well");
        reply(HERE);
        try (ScriptedUpstream upstream =
                        ScriptedUpstream.start(
                                Script.perRequest(
                                        new Step.Await(let, Duration.ofSeconds(30)), well));
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port()));
                RawClient slow = gateway.client()) {
            Instance before = service(gateway).members().instances().getFirst();
            slow.send(RunningGateway.head("GET", "/slow"));
            upstream.awaitConnections(1);
            reply(ELSEWHERE);
            awaitInstances(gateway, upstream.port(), ELSEWHERE);
            reply(HERE);
            awaitInstances(gateway, upstream.port(), HERE);
            assertThat(service(gateway).shown()).contains(before).doesNotHaveDuplicates();
            assertThat(service(gateway).members().instances()).containsExactly(before);
            assertThat(before.standing().state()).isEqualTo(State.UP);
            let.countDown();
            assertThat(slow.read("GET").bodyText()).isEqualTo("well");
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
            assertThat(upstream.connections()).as("the one that was kept").hasSize(1);
        }
    }

    @Test
    void checksBeginAndEndWithTheirAddress() throws Exception {
        reply(HERE);
        String health = "health: {path: /up, every: 100ms, timeout: 5s}";
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port(), health))) {
            assertThat(upstream.awaitRequests(2).getFirst().head().first("Host"))
                    .contains("users.test:" + upstream.port());
            reply(ELSEWHERE);
            awaitInstances(gateway, upstream.port(), ELSEWHERE);
            upstream.awaitNoOpenConnections();
            Instance now = service(gateway).members().instances().getFirst();
            Await.until(
                    "the new one to be checked", () -> now.standing().state() == State.UNHEALTHY);
            long count = upstream.requestCount();
            dns.awaitQuestions(dns.questions().size() + 2);
            assertThat(upstream.requestCount()).isEqualTo(count);
        }
    }

    @Test
    void aFileWithTheSameNameAsksForNothingAnew() throws Exception {
        dns.reply("users.test", new DnsReply.Addresses(300, HERE));
        try (RecordingUpstream upstream = RecordingUpstream.start();
                RunningGateway gateway = RunningGateway.start(yaml(upstream.port()))) {
            Instance before = service(gateway).members().instances().getFirst();
            int asked = dns.questions().size();
            gateway.reload(yaml(upstream.port(), "requests: 7"));
            assertThat(dns.questions()).hasSize(asked);
            assertThat(service(gateway).members().instances()).containsExactly(before);
        }
    }

    @Test
    void aServiceMayBecomeANameAndALiteralAgain() throws Exception {
        reply(HERE);
        try (RecordingUpstream upstream = RecordingUpstream.answering("well");
                RunningGateway gateway = RunningGateway.to(upstream.port())) {
            gateway.reload(yaml(upstream.port()));
            assertThat(service(gateway).members().instances().getFirst().host())
                    .isEqualTo("users.test:" + upstream.port());
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
            gateway.reload(RunningGateway.yaml(upstream.port()));
            assertThat(gateway.gateway.registry().discovery().watches()).isEmpty();
            assertThat(gateway.get("/").bodyText()).isEqualTo("well");
        }
    }
}
