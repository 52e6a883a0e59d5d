package dev.carve.it.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.testkit.OutsidePrograms;
import dev.carve.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code carve load} against what the other side knows. Times have lower bounds, which no machine
 * can miss, and upper ones that only a broken clock would.
 */
@Timeout(120)
class LoadTest {

    /** Of the histograms: three digits. */
    private static final double RESOLUTION = 0.001;

    private static final int RATE = 250;
    private static final int SECONDS = 2;
    private static final int ALL = RATE * SECONDS;
    private static final String ORDER = "{\"customer\":\"c\",\"item\":\"i\",\"quantity\":1}";

    @TempDir Path temp = Path.of("");

    @Test
    void rateIsTheOneAskedForAndCountsAreThoseOfTheServers() throws Exception {
        try (var monolith = SampleMonolith.start(temp);
                var gateway =
                        GatewayProcess.start(
                                temp,
                                "services: { m: http://127.0.0.1:%d }\nroutes: [{ match: /, to: m }]\n"
                                        .formatted(monolith.port()))) {
            long before = order(monolith.port());

            LoadOutput load =
                    LoadOutput.of(
                            "POST",
                            "http://127.0.0.1:" + gateway.port() + "/orders",
                            "--rate",
                            Integer.toString(RATE),
                            "--for",
                            SECONDS + "s",
                            "--arrivals",
                            "even",
                            "--expect",
                            "201",
                            "-H",
                            "Content-Type: application/json",
                            "--body",
                            ORDER);

            assertThat(load.number("intendedPerSecond")).isCloseTo(RATE, within(RATE * 0.01));
            assertThat(load.count("sent")).isEqualTo(ALL);
            assertThat(load.count("expected")).isEqualTo(ALL);
            assertThat(load.number("elapsedNanos"))
                    .isGreaterThanOrEqualTo(
                            (double) Duration.ofSeconds(SECONDS).toNanos() * (ALL - 1) / ALL);
            // What Carve counted, and what is in the monolith's own table.
            assertThat(gateway.scrape().count("carve_requests_total", "code=\"2xx\""))
                    .isEqualTo(ALL);
            assertThat(order(monolith.port()) - before - 1).isEqualTo(ALL);
        }
    }

    /** The number of a new order: one more than there were. */
    private static long order(int port) throws Exception {
        try (var client = RawClient.connect(port)) {
            client.send(
                    "POST /orders HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                            + "Content-Length: %d\r\n\r\n%s".formatted(ORDER.length(), ORDER));
            String location = client.read("POST").field("Location").orElseThrow();
            return Long.parseLong(location.substring(location.lastIndexOf('/') + 1));
        }
    }

    @Test
    void medianIsTheServersOwnDelay() throws Exception {
        double delay = 60;
        try (var server = new DelayingServer(_ -> (long) (delay * 1e6))) {
            LoadOutput load =
                    LoadOutput.of(
                            "GET",
                            server.url(),
                            "--rate",
                            "20",
                            "--for",
                            "2s",
                            "--arrivals",
                            "even");

            assertThat(load.count("expected")).isEqualTo(40).isEqualTo(server.requests());
            assertThat(load.latency("min")).isGreaterThanOrEqualTo(delay * (1 - RESOLUTION));
            assertThat(load.latency("median")).isBetween(delay * (1 - RESOLUTION), 3 * delay);
        }
    }

    /**
     * One connection and one stall: the requests that were due within it waited for the rest of it,
     * evenly from all of it to none. Measured from the sending, one of them would be slow.
     */
    @Test
    void requestsDueDuringAStallAreCountedWithTheirWait() throws Exception {
        double stall = 200;
        try (var server = new DelayingServer(n -> n == 100 ? (long) (stall * 1e6) : 0)) {
            LoadOutput load =
                    LoadOutput.of(
                            "GET",
                            server.url(),
                            "--rate",
                            Integer.toString(RATE),
                            "--for",
                            SECONDS + "s",
                            "--arrivals",
                            "even",
                            "--connections",
                            "1");

            assertThat(load.count("expected")).isEqualTo(ALL).isEqualTo(server.requests());
            double due = RATE * stall / 1000; // 50 of 500: a tenth
            // The share p of all that is slower than x: due / ALL * (1 - x / stall).
            assertThat(load.latency("p95")).isGreaterThan(atLeast(stall, 0.05 * ALL / due));
            assertThat(load.latency("p99")).isGreaterThan(atLeast(stall, 0.01 * ALL / due));
            assertThat(load.latency("max")).isGreaterThanOrEqualTo(stall * (1 - RESOLUTION));
            assertThat(load.latency("mean")).isGreaterThan(0.95 * due * stall / 2 / ALL);
            assertThat(load.latency("median")).isLessThan(stall / 2);
        }
    }

    /** Where the slowest of that part of those due begin, less two requests' distance. */
    private static double atLeast(double stall, double part) {
        return stall * (1 - part) - 2 * 1000.0 / RATE;
    }

    @Test
    void meanAtLowLoadIsThatOfWrk() throws Exception {
        Path wrk = OutsidePrograms.require("wrk");
        double delay = 10;
        try (var server = new DelayingServer(_ -> (long) (delay * 1e6))) {
            double theirs = wrkMeanMillis(wrk, server.url());
            long theirCount = server.requests();
            LoadOutput load =
                    LoadOutput.of(
                            "GET",
                            server.url(),
                            "--rate",
                            "50",
                            "--for",
                            "2s",
                            "--arrivals",
                            "even");
            double ours = load.latency("mean");
            System.out.printf(
                    Locale.ROOT,
                    "mean of a server that takes %.0f ms: wrk %.2f ms (%d requests), carve load %.2f"
                            + " ms (%d requests)%n",
                    delay,
                    theirs,
                    theirCount,
                    ours,
                    load.count("expected"));

            assertThat(ours).isGreaterThanOrEqualTo(delay * (1 - RESOLUTION));
            assertThat(theirs).isGreaterThanOrEqualTo(delay * 0.99); // It rounds to two digits.
            assertThat(ours / theirs).isBetween(1 / 3.0, 3.0);
        }
    }

    private static double wrkMeanMillis(Path wrk, String url) throws Exception {
        Process process =
                new ProcessBuilder(wrk.toString(), "-t1", "-c1", "-d2s", url)
                        .redirectErrorStream(true)
                        .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        Matcher mean = Pattern.compile("Latency +([0-9.]+)(us|ms|s) ").matcher(out);
        assertThat(mean.find()).as(out).isTrue();
        double value = Double.parseDouble(mean.group(1));
        return switch (mean.group(2)) {
            case "us" -> value / 1000;
            case "ms" -> value;
            default -> value * 1000;
        };
    }
}
