package dev.carve.it.services;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.Project;
import dev.carve.it.gateway.GatewayProcess;
import dev.carve.it.gateway.Scrape;
import dev.carve.testkit.Await;
import dev.carve.testkit.OutsidePrograms;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three Node processes behind one gateway, set up as {@code docs/services.md} recommends for
 * instances that come and go, are killed at random and come back, one or two at a time, while
 * clients ask without a pause: none of them sees a failure.
 *
 * <p>When and who is random, by a seed that is printed and can be given; what must have happened
 * between two kills is counted, so that a slow machine has fewer of them and not other ones: who
 * was under way at the last kill is through, and whoever has come back has answered. {@code
 * -Dcarve.kills.seconds} and {@code -Dcarve.kills.seed} change length and seed.
 */
@Timeout(600)
class InstanceKillsTest {

    private static final Duration LENGTH =
            Duration.ofSeconds(Integer.getInteger("carve.kills.seconds", 60));
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int INSTANCES = 3;
    private static final int CLIENTS = 24;

    /** A fifth of them pays for the retries after the first kill. */
    private static final int ANSWERS_FIRST = 2_000;

    private static final double RETURN_SHARE = 0.6;
    private static final double BOTH_SHARE = 0.25;
    private static final long PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);

    private static final Pattern RECOMMENDED =
            Pattern.compile("(?ms)^## Instances that come and go\\n.*?^```yaml\\n(.*?)^```");
    private static final Pattern URLS = Pattern.compile("urls: \\[[^]]*]");

    @TempDir Path temp = Path.of("");

    private final long seed = Long.getLong("carve.kills.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final List<NodeInstance> instances = new ArrayList<>();

    /** What each had answered when it came back. */
    private final Map<NodeInstance, Long> answeredBefore = new HashMap<>();

    private final Map<NodeInstance, Integer> kills = new HashMap<>();

    @AfterEach
    void endInstances() {
        instances.forEach(NodeInstance::close);
    }

    @Test
    void noClientSeesAFailureWhileInstancesAreKilledAndComeBack() throws Exception {
        System.out.println("InstanceKillsTest: seed " + seed);
        startInstances(OutsidePrograms.require("node"));
        Path folder = Files.createDirectory(temp.resolve("gateway"));
        try (var gateway = GatewayProcess.start(folder, recommended());
                var clients = SteadyClients.start(gateway.port(), CLIENTS, names())) {
            await("answers", clients, () -> clients.answered() >= ANSWERS_FIRST);
            long end = System.nanoTime() + LENGTH.toNanos();
            while (System.nanoTime() < end || kills.size() < INSTANCES) {
                LockSupport.parkNanos(random.nextLong(PAUSE_NANOS_MAX));
                step(clients);
                assertThat(clients.failures()).as("with seed %d", seed).isEmpty();
            }
            for (NodeInstance each : down()) {
                bringBack(each, clients);
            }
            awaitAllServe(clients);
            clients.stop();

            int killed = kills.values().stream().mapToInt(Integer::intValue).sum();
            System.out.printf(
                    "InstanceKillsTest: %d answers, %d kills%n", clients.answered(), killed);
            assertThat(clients.failures()).as("with seed %d", seed).isEmpty();
            assertThat(clients.answered()).isEqualTo(clients.sent());
            assertKillsMetRequests(gateway.scrape());
            endInstances();
            awaitNothingOpen(gateway);
            gateway.assertNoLeaks();
        }
    }

    // What happens.

    private void startInstances(Path node) throws IOException {
        Path script = temp.resolve("instance.js");
        try (InputStream in = InstanceKillsTest.class.getResourceAsStream("instance.js")) {
            assertThat(in).isNotNull();
            Files.copy(in, script);
        }
        for (int i = 0; i < INSTANCES; i++) {
            NodeInstance started = NodeInstance.start(node, script, temp, i);
            instances.add(started);
            answeredBefore.put(started, 0L);
        }
    }

    private List<String> names() {
        return instances.stream().map(NodeInstance::name).toList();
    }

    /** The file of the page, with the addresses of these instances. */
    private String recommended() throws IOException {
        String page = Files.readString(Project.root().resolve("docs/services.md"));
        Matcher found = RECOMMENDED.matcher(page);
        assertThat(found.find()).as("the recommended file in docs/services.md").isTrue();
        String urls = instances.stream().map(NodeInstance::url).collect(Collectors.joining(", "));
        Matcher line = URLS.matcher(found.group(1));
        assertThat(line.find()).as("the urls of the recommended file").isTrue();
        return line.replaceFirst("urls: [" + urls + "]");
    }

    /** One that is down comes back, or one or two that are up are killed; never the last. */
    private void step(SteadyClients clients) throws IOException, InterruptedException {
        List<NodeInstance> down = down();
        boolean all = down.size() == INSTANCES - 1;
        if (all || (!down.isEmpty() && random.nextDouble() < RETURN_SHARE)) {
            bringBack(down.get(random.nextInt(down.size())), clients);
            return;
        }
        // Else the one that is left might be one of which the gateway does not know yet.
        awaitAllServe(clients);
        List<NodeInstance> up = new ArrayList<>(instances);
        up.removeAll(down);
        int count = up.size() > 2 && random.nextDouble() < BOTH_SHARE ? 2 : 1;
        long[] turns = clients.turns();
        for (int i = 0; i < count; i++) {
            NodeInstance next = up.remove(random.nextInt(up.size()));
            next.kill();
            kills.merge(next, 1, Integer::sum);
            turns = clients.turns();
        }
        long[] since = turns;
        await("every client to have an answer", clients, () -> clients.haveAllHad(since));
    }

    private List<NodeInstance> down() {
        return instances.stream().filter(each -> !each.isUp()).toList();
    }

    private void bringBack(NodeInstance instance, SteadyClients clients) throws IOException {
        answeredBefore.put(instance, clients.answeredBy(instance.name()));
        instance.comeBack();
    }

    private void awaitAllServe(SteadyClients clients) {
        answeredBefore.forEach((instance, before) -> {
            if (instance.isUp()) {
                await(
                        instance.name() + " to answer after its return",
                        clients,
                        () -> clients.answeredBy(instance.name()) > before);
            }
        });
    }

    /** A failure ends every wait. */
    private void await(String what, SteadyClients clients, BooleanSupplier is) {
        Await.until(
                what,
                WITHIN,
                () -> is.getAsBoolean() || !clients.failures().isEmpty(),
                () -> clients.answered() + " answers, seed " + seed);
        assertThat(clients.failures()).as("with seed %d", seed).isEmpty();
    }

    // What must have come of it.

    private void assertKillsMetRequests(Scrape end) {
        long lost =
                end.count("carve_service_failures_total", "code=\"upstream_closed\"")
                        + end.count("carve_service_failures_total", "code=\"upstream_reset\"");
        assertThat(kills).hasSize(INSTANCES);
        assertThat(lost).as("requests that a kill hit").isPositive();
        assertThat(end.count("carve_service_retries_total")).isGreaterThanOrEqualTo(lost);
        assertThat(end.count("carve_requests_total", "code=\"5xx\"")).isZero();
    }

    private static void awaitNothingOpen(GatewayProcess gateway) {
        List<String> nothing =
                List.of(
                        "carve_upstream_connections_open",
                        "carve_instance_connections_open",
                        "carve_instance_requests_in_flight",
                        "carve_service_requests_in_flight",
                        "carve_requests_in_flight");
        for (String metric : nothing) {
            Await.until(
                    metric + " to be 0",
                    WITHIN,
                    () -> scrape(gateway).count(metric) == 0,
                    () -> "");
            assertThat(scrape(gateway).has(metric)).as(metric).isTrue();
        }
        Await.until(
                "the one connection that asks",
                WITHIN,
                () -> scrape(gateway).count("carve_connections_open") == 1,
                () -> "");
    }

    private static Scrape scrape(GatewayProcess gateway) {
        try {
            return gateway.scrape();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
