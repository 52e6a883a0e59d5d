package dev.carve.it.services;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import dev.carve.testkit.IncompleteMessageException;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import dev.carve.testkit.Script;
import dev.carve.testkit.ScriptedUpstream;
import dev.carve.testkit.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of what one of three instances may do wrong: what clients see of it until it is found
 * out, that they see nothing afterwards, and that it serves again once it is well.
 */
@Timeout(240)
class FaultyInstanceTest {

    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final int INSTANCES = 3;
    private static final int REQUESTS = 30;
    private static final String OK = "200";
    private static final String CUT = "cut";

    @TempDir Path temp = Path.of("");

    /**
     * A row.
     *
     * @param script what it does to each connection
     * @param refuses whether it accepts none at all instead
     * @param seen what clients may see until it is found out
     */
    record Fault(String name, Script script, boolean refuses, Set<String> seen) {

        private static Fault of(String name, Script script, String... seen) {
            Set<String> all = new TreeSet<>(List.of(seen));
            all.add(OK);
            return new Fault(name, script, false, Set.copyOf(all));
        }

        /** Connections that are open would go on as they began. */
        void begin(ScriptedUpstream instance) {
            if (refuses) {
                instance.refuseConnections();
            } else {
                instance.script(script);
            }
            instance.cutConnections();
        }

        void end(ScriptedUpstream instance) {
            instance.script(good());
            instance.cutConnections();
            instance.acceptConnections();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Fault> faults() {
        return List.of(
                new Fault("refuses", good(), true, Set.of(OK)),
                Fault.of(
                        "stalls",
                        Script.perRequest(new Step.HoldUntilPeerEnds()),
                        "504 response_timeout"),
                Fault.of("resets", Script.oneRequest(new Step.Reset())),
                Fault.of("closes", Script.oneRequest(new Step.CloseSocket())),
                Fault.of(
                        "answers 503",
                        Script.perRequest(new Step.RespondText(503, List.of(), "busy"))),
                Fault.of(
                        "answers nonsense",
                        Script.oneRequest(new Step.Respond("220 mail.test ESMTP\r\n")),
                        "502 bad_response"),
                Fault.of("dies in a body", Script.oneRequest(new Step.Truncate(100, "half")), CUT));
    }

    private static Script good() {
        return Script.perRequest(new Step.RespondText(200, List.of(), "well"));
    }

    private static String file(List<ScriptedUpstream> instances) {
        StringBuilder urls = new StringBuilder();
        for (ScriptedUpstream each : instances) {
            urls.append(urls.isEmpty() ? "" : ", ").append("http://127.0.0.1:").append(each.port());
        }
        return """
        services:
          users:
            urls: [%s]
            timeouts: {response: 5s}
            health: {path: /healthz, every: 200ms, timeout: 2s, rise: 1, fall: 3}
            retries: {attempts: 3, budget_min: 1000, statuses: [503]}
            ejection: {failures: 3, timeouts: 3, statuses: [503], answers: 3, time: 200ms, time_max: 1s}
        routes: [{match: /, to: users}]
        """
                .formatted(urls);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void oneOfThreeIsFoundOutAndComesBack(Fault fault) throws Exception {
        List<ScriptedUpstream> instances = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            instances.add(ScriptedUpstream.start(good()));
        }
        ScriptedUpstream faulty = instances.getFirst();
        String label = "instance=\"127.0.0.1:" + faulty.port() + "\"";
        try (var gateway = GatewayProcess.start(temp, file(instances))) {
            awaitState(gateway, label, true, new TreeSet<>());
            faulty.forget();
            fault.begin(faulty);
            Set<String> seen = new TreeSet<>();
            awaitUnhealthy(gateway, faulty, seen);
            assertThat(fault.seen()).containsAll(seen);
            boolean met =
                    fault.refuses()
                            ? gateway.scrape().count("carve_instance_errors_total", label) > 0
                            : served(faulty);
            assertThat(met).as("a client's request met the fault").isTrue();

            // Its checks fail, so that it is out for good and not for a time.
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(ask(gateway)).isEqualTo(OK);
            }

            fault.end(faulty);
            faulty.forget();
            Set<String> after = new TreeSet<>();
            Await.until(
                    "it to serve again",
                    WITHIN,
                    () -> {
                        after.add(quietly(gateway));
                        return served(faulty);
                    },
                    after::toString);
            awaitState(gateway, label, true, after);
            assertThat(after).containsExactly(OK);
            assertThat(gateway.scrape().count("carve_instance_requests_in_flight")).isZero();
        } finally {
            instances.forEach(ScriptedUpstream::close);
        }
    }

    /** A check is no client's request. */
    private static boolean served(ScriptedUpstream instance) {
        return instance.requests().stream()
                .anyMatch(each -> each.head().startLine().startsWith("GET / "));
    }

    /** Clients ask all the while, each instance in its turn. */
    private static void awaitUnhealthy(
            GatewayProcess gateway, ScriptedUpstream faulty, Set<String> seen) {
        String name = "127.0.0.1:" + faulty.port();
        Await.until(
                "checks to find out",
                WITHIN,
                () -> {
                    for (int i = 0; i < INSTANCES; i++) {
                        seen.add(quietly(gateway));
                    }
                    return state(gateway, name).equals("unhealthy");
                },
                () -> state(gateway, name) + ", clients saw " + seen);
    }

    private static void awaitState(
            GatewayProcess gateway, String label, boolean eligible, Set<String> seen) {
        Await.until(
                "it to be " + (eligible ? "eligible" : "out"),
                WITHIN,
                () -> {
                    seen.add(quietly(gateway));
                    try {
                        return gateway.scrape().count("carve_instance_eligible", label)
                                == (eligible ? 1 : 0);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                gateway::errors);
    }

    /** As the admin API tells it. */
    private static String state(GatewayProcess gateway, String instance) {
        try {
            String services = gateway.admin("/api/services").bodyText();
            int at = services.indexOf("\"name\":\"" + instance + "\"");
            int state = services.indexOf("\"state\":\"", at) + "\"state\":\"".length();
            return services.substring(state, services.indexOf('"', state));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String quietly(GatewayProcess gateway) {
        try {
            return ask(gateway);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The status, and the reason if it is not good. */
    private static String ask(GatewayProcess gateway) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            RawResponse answer = client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").read();
            String reason = answer.field("Carve-Error").map(each -> " " + each).orElse("");
            return answer.status() + reason;
        } catch (IncompleteMessageException cut) {
            return CUT;
        }
    }
}
