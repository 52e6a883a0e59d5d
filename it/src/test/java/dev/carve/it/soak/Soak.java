package dev.carve.it.soak;

import dev.carve.it.clients.Origin;
import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.Await;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Mixed traffic with faults against a gateway in a process of its own, and what must hold then: no
 * failed request beyond what the faults explain, every descriptor given back, memory flat.
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
    private static final double CLOSE_SHARE = 0.02;
    private static final long GROWTH_KIB_MAX = 16 * 1024;

    private final Duration length;
    private final PrintStream out;
    private final Outages outages = new Outages();
    private final EnumMap<Traffic, Account> accounts = new EnumMap<>(Traffic.class);
    private final List<Long> pssKib = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private volatile boolean running;

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
                                "-Dio.netty.leakDetection.level=advanced")) {
            load(origin, gateway, WARM_UP);
            int before = settled(origin, gateway, Integer.MAX_VALUE);
            pssKib.clear();
            long closedBefore = origin.closedAtRandom();
            out.printf("soak: %s of mixed traffic, base %d descriptors%n", length, before);
            load(origin, gateway, length);
            int after = settled(origin, gateway, before);
            judge(gateway, before, after, origin.closedAtRandom() - closedBefore);
            stop(gateway);
        }
        violations.forEach(violation -> out.println("VIOLATION " + violation));
        out.println(violations.isEmpty() ? "soak: held" : "soak: broken");
        return violations.isEmpty();
    }

    private void load(Origin origin, GatewayProcess gateway, Duration time)
            throws InterruptedException {
        running = true;
        List<Thread> threads = new ArrayList<>();
        var target = new Traffic.Target(gateway.port(), accounts);
        for (Traffic kind : Traffic.values()) {
            for (int i = 0; i < kind.clients(); i++) {
                threads.add(Thread.ofVirtual().start(() -> client(kind, target)));
            }
        }
        long end = System.nanoTime() + time.toNanos();
        long nextOutage = System.nanoTime() + OUTAGE_EVERY_NANOS;
        while (System.nanoTime() < end && gateway.isAlive()) {
            LockSupport.parkNanos(SAMPLE_NANOS);
            pssKib.add(gateway.pssKib());
            if (System.nanoTime() > nextOutage) {
                nextOutage += OUTAGE_EVERY_NANOS;
                outages.begin(System.nanoTime());
                origin.stop();
                LockSupport.parkNanos(OUTAGE_NANOS);
                origin.resume();
                outages.end(System.nanoTime());
            }
        }
        running = false;
        for (Thread thread : threads) {
            thread.join();
        }
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
                    account.failed(failure.toString());
                }
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Descriptors once clients and service have let go of everything. */
    private static int settled(Origin origin, GatewayProcess gateway, int wanted) {
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
        origin.resume();
        return gateway.descriptors();
    }

    private void judge(GatewayProcess gateway, int before, int after, long closed) {
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
        out.printf("descriptors: %d before, %d after%n", before, after);
        if (after > before) {
            violations.add("descriptors: " + before + " before, " + after + " after");
        }
        memory();
        if (!gateway.isAlive()) {
            violations.add("the gateway ended by itself");
        }
        gateway.errors()
                .lines()
                .filter(line -> line.contains("LEAK") || line.contains("ERROR"))
                .limit(3)
                .forEach(line -> violations.add("log: " + line));
    }

    /** The last quarter of the load against the one before. */
    private void memory() {
        int quarter = pssKib.size() / 4;
        if (quarter == 0 || pssKib.contains(-1L)) {
            out.println("memory: not measured (no /proc, or too short)");
            return;
        }
        int end = pssKib.size();
        long third = median(pssKib.subList(end - 2 * quarter, end - quarter));
        long last = median(pssKib.subList(end - quarter, end));
        long peak = pssKib.stream().mapToLong(Long::longValue).max().orElse(0);
        out.printf(
                "memory (PSS, MiB): third quarter %d, last quarter %d, peak %d%n",
                third / 1024, last / 1024, peak / 1024);
        if (last - third > GROWTH_KIB_MAX) {
            violations.add("memory grew by " + (last - third) + " KiB within a quarter");
        }
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(0L);
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
