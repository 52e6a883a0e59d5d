package dev.carve.it.soak;

import dev.carve.it.clients.Origin;
import dev.carve.it.gateway.GatewayProcess;
import dev.carve.it.gateway.Scrape;
import dev.carve.testkit.Await;
import dev.carve.testkit.IncompleteMessageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Mixed traffic with faults against a gateway in a process of its own, and what must hold then: no
 * failed request beyond what the faults explain, every descriptor and connection given back, memory
 * flat, and the gateway's own figures saying the same.
 *
 * <p>The service closes one kept connection in fifty at random and is away for 200 ms every few
 * seconds. Main thread; a virtual thread for each client.
 */
public final class Soak {

    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration SETTLE = Duration.ofSeconds(20);
    private static final Duration EXIT = Duration.ofSeconds(15);
    private static final long OUTAGE_EVERY_NANOS = 4_000_000_000L;
    private static final long OUTAGE_NANOS = 200_000_000;
    private static final long SAMPLE_NANOS = 250_000_000;
    private static final List<String> FAILURES =
            List.of(
                    "carve_failures_total",
                    "carve_service_failures_total",
                    "carve_connections_closed_total",
                    "carve_requests_malformed_total");

    private static final Duration NEAR = Duration.ofMillis(30);
    private static final int LOG_LINES = 200;

    /** Where a line has its time: it begins with it. */
    private static final int LOG_TIME = "{\"time\":\"".length();

    private static final int LOG_TIME_END = LOG_TIME + "2026-11-22T00:00:00.000Z".length();
    private static final double CLOSE_SHARE = 0.02;
    private static final long GROWTH_KIB_MAX = 16 * 1024;
    private static final long BUFFER_GROWTH_KIB_MAX = 8 * 1024;

    private final Duration length;
    private final PrintStream out;
    private final Outages outages = new Outages();
    private final EnumMap<Traffic, Account> accounts = new EnumMap<>(Traffic.class);
    private final Growth pss = new Growth("memory (PSS)", GROWTH_KIB_MAX);
    private final Growth direct = new Growth("direct buffers", BUFFER_GROWTH_KIB_MAX);
    private final Growth heap = new Growth("heap buffers", BUFFER_GROWTH_KIB_MAX);
    private final List<String> violations = new ArrayList<>();
    private volatile boolean running;

    /**
     * The gateway once clients and service have let go of everything.
     *
     * @param descriptors open, the asking one not among them
     * @param scrape what it says itself
     */
    private record AtRest(int descriptors, Scrape scrape) {}

    /**
     * @param length of the load that is judged, after a warm-up
     */
    public Soak(Duration length, PrintStream out) {
        this.length = length;
        this.out = out;
        for (Traffic kind : Traffic.values()) {
            accounts.put(kind, new Account());
        }
    }

    /** Whether everything held. */
    public boolean run() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("carve-soak");
        try (var origin =
                        Origin.closingAtRandom(
                                CLOSE_SHARE, RandomGenerator.of("Xoroshiro128PlusPlus"));
                var gateway =
                        GatewayProcess.start(
                                folder,
                                "services: { origin: http://127.0.0.1:%d }\nroutes: [{ match: /, to: origin }]\n"
                                        .formatted(origin.port()),
                                List.of(),
                                // To track every buffer would be most of the memory that is
                                // watched here.
                                "-Dio.netty.leakDetection.level=advanced")) {
            load(origin, gateway, WARM_UP);
            AtRest before = settled(origin, gateway, Integer.MAX_VALUE);
            for (Growth each : List.of(pss, direct, heap)) {
                each.clear();
            }
            long closedBefore = origin.closedAtRandom();
            out.printf(
                    "soak: %s of mixed traffic, base %d descriptors%n",
                    length, before.descriptors());
            load(origin, gateway, length);
            AtRest after = settled(origin, gateway, before.descriptors());
            judge(gateway, before, after, origin.closedAtRandom() - closedBefore);
            gateway.assertNoLeaks();
            stop(gateway);
            tellLog(gateway.logFile());
        } catch (IOException gone) {
            violations.add("the gateway does not answer: " + gone);
        } catch (AssertionError leak) {
            violations.add("leak: " + leak.getMessage());
        }
        violations.forEach(violation -> out.println("VIOLATION " + violation));
        out.println(violations.isEmpty() ? "soak: held" : "soak: broken");
        return violations.isEmpty();
    }

    private void load(Origin origin, GatewayProcess gateway, Duration time)
            throws IOException, InterruptedException {
        running = true;
        List<Thread> threads = new ArrayList<>();
        var target = new Traffic.Target(gateway.port(), accounts);
        for (Traffic kind : Traffic.values()) {
            for (int i = 0; i < kind.clients(); i++) {
                threads.add(Thread.ofVirtual().start(() -> client(kind, target)));
            }
        }
        try {
            disturb(origin, gateway, System.nanoTime() + time.toNanos());
        } finally {
            running = false;
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    /** Looks at the gateway and takes its service away at times, until the end. */
    private void disturb(Origin origin, GatewayProcess gateway, long end) throws IOException {
        long nextOutage = System.nanoTime() + OUTAGE_EVERY_NANOS;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(SAMPLE_NANOS);
            sampleMemory(gateway);
            if (System.nanoTime() > nextOutage) {
                nextOutage += OUTAGE_EVERY_NANOS;
                outages.begin(System.nanoTime());
                origin.stop();
                LockSupport.parkNanos(OUTAGE_NANOS);
                origin.resume();
                outages.end(System.nanoTime());
            }
        }
    }

    private void sampleMemory(GatewayProcess gateway) throws IOException {
        pss.add(gateway.pssKib());
        Scrape now = gateway.scrape();
        direct.add(now.count("carve_buffer_memory_bytes", "kind=\"direct\"") / 1024);
        heap.add(now.count("carve_buffer_memory_bytes", "kind=\"heap\"") / 1024);
    }

    private void client(Traffic kind, Traffic.Target target) {
        Account account = target.account(kind);
        while (running) {
            long from = System.nanoTime();
            try {
                account.answered(kind.turn(target));
            } catch (Exception failure) {
                if (outages.explain(from, System.nanoTime())) {
                    account.outage();
                } else if (kind == Traffic.UP
                        && failure instanceof UnexpectedAnswerException answer
                        && answer.isLoss()) {
                    account.close();
                } else {
                    Instant now = Instant.now();
                    account.failed(told(failure, System.nanoTime() - from, now), now);
                }
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** What a log has to be searched for. */
    private static String told(Exception failure, long tookNanos, Instant now) {
        String end =
                failure instanceof IncompleteMessageException early && early.wasReset()
                        ? " by reset"
                        : "";
        return "%s%s, %d ms after it began, at %s"
                .formatted(failure, end, tookNanos / 1_000_000, now);
    }

    private static AtRest settled(Origin origin, GatewayProcess gateway, int wanted)
            throws IOException {
        origin.stop();
        int[] last = {-1, 0};
        try {
            Await.until(
                    "descriptors given back",
                    SETTLE,
                    () -> {
                        int now = gateway.descriptors();
                        last[1] = now == last[0] ? last[1] + 1 : 0;
                        last[0] = now;
                        return now <= wanted && last[1] > (wanted == Integer.MAX_VALUE ? 1500 : 3);
                    },
                    () -> last[0] + " open");
        } catch (AssertionError late) {
            // told by the comparison
        }
        var rest = new AtRest(gateway.descriptors(), gateway.scrape());
        origin.resume();
        return rest;
    }

    private void judge(GatewayProcess gateway, AtRest before, AtRest after, long closed) {
        out.printf("%-12s %10s %10s %10s %10s%n", "traffic", "right", "outage", "closed", "failed");
        for (Traffic kind : Traffic.values()) {
            Account account = accounts.get(kind);
            if (account == null) {
                continue;
            }
            out.println(account.row(kind.name().toLowerCase(Locale.ROOT)));
            if (account.failures() > 0) {
                violations.add(
                        kind
                                + ": "
                                + account.failures()
                                + " unexplained, such as "
                                + account.examples());
            }
            if (account.all() == 0) {
                violations.add(kind + ": nothing was answered");
            }
        }
        out.printf(
                "faults: %d outages, %d kept connections closed at random%n",
                outages.count(), closed);
        out.printf("descriptors: %d before, %d after%n", before.descriptors(), after.descriptors());
        if (after.descriptors() > before.descriptors()) {
            violations.add(
                    "descriptors: " + before.descriptors() + " before, " + after.descriptors());
        }
        Account malformed = accounts.get(Traffic.MALFORMED);
        violations.addAll(
                FiguresAtRest.violations(after.scrape(), malformed == null ? 0 : malformed.all()));
        for (Growth each : List.of(pss, direct, heap)) {
            out.println(each);
            each.violation().ifPresent(violations::add);
        }
        gateway.errors()
                .lines()
                .filter(line -> line.contains("LEAK") || line.contains("ERROR"))
                .limit(3)
                .forEach(line -> violations.add("log: " + line));
        if (!violations.isEmpty()) {
            tellFailures(after.scrape());
        }
    }

    /** What the gateway itself counted: where a search for the reason begins. */
    private void tellFailures(Scrape scrape) {
        scrape.samples()
                .forEach((series, value) -> {
                    if (value > 0 && FAILURES.stream().anyMatch(series::startsWith)) {
                        out.printf("  %s %.0f%n", series, value);
                    }
                });
    }

    /** The lines of the access log around what failed, and no more of it: it is large. */
    private void tellLog(Path log) throws IOException {
        List<Instant> failed =
                accounts.values().stream().flatMap(each -> each.failedAt().stream()).toList();
        if (!failed.isEmpty()) {
            try (Stream<String> lines = Files.lines(log)) {
                lines.filter(line -> isNear(line, failed))
                        .limit(LOG_LINES)
                        .forEach(line -> out.println("  " + line));
            }
        }
        Files.delete(log);
    }

    private static boolean isNear(String line, List<Instant> failed) {
        boolean usual = line.contains("\"status\":200,") || line.contains("\"status\":400,");
        if (usual || line.length() < LOG_TIME_END) {
            return false;
        }
        Instant ended = Instant.parse(line.substring(LOG_TIME, LOG_TIME_END));
        return failed.stream()
                .anyMatch(each -> Duration.between(ended, each).abs().compareTo(NEAR) <= 0);
    }

    private void stop(GatewayProcess gateway) throws InterruptedException {
        gateway.terminate();
        int code = gateway.awaitExit(EXIT);
        out.println("SIGTERM: " + (code < 0 ? "did not end" : "exit " + code));
        if (code != 0) {
            violations.add("SIGTERM: exit " + code + " (expected: 0)");
        }
    }
}
