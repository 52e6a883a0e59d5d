package dev.carve.it.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.it.gateway.Scrape;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** The one carved route of these tests, and what is asked of a gateway about it. Stateless. */
final class Shop {

    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final int USERS = 40;

    private Shop() {}

    /** Both sides without a carve. */
    static String uncarved(Path store, int oldPort, int newPort) {
        return """
        store: "%s"
        access_log: off
        services: { old: "http://127.0.0.1:%d", fresh: "http://127.0.0.1:%d" }
        routes:
          - match: /
            name: shop
            to: old
        """
                .formatted(store, oldPort, newPort);
    }

    /**
     * The route carved in two steps that nobody takes but by hand, and that errors and refused
     * connections alone take back: how fast this machine is does not matter here.
     *
     * @param more further lines of the carve block
     */
    static String carved(Path store, int oldPort, int newPort, String... more) {
        return guarded(store, oldPort, newPort, "p95: off", more);
    }

    /**
     * The same with other limits.
     *
     * @param guard what stands in its block
     */
    static String guarded(Path store, int oldPort, int newPort, String guard, String... more) {
        var file = new StringBuilder(uncarved(store, oldPort, newPort));
        file.append(
                """
                    carve:
                      to: fresh
                      shift: { steps: [50%, 100%], every: 1h, sticky: "header:x-user" }
                """);
        file.append("      guard: { ").append(guard).append(" }\n");
        for (String line : more) {
            file.append("      ").append(line).append('\n');
        }
        return file.toString();
    }

    /** Gives a command that must be obeyed. */
    static void command(GatewayProcess gateway, String name) throws IOException {
        String target = "/api/" + name + (name.startsWith("route_") ? "?route=shop" : "");
        RawResponse answer = gateway.admin("POST", target);
        assertThat(answer.status()).as("%s: %s", name, answer.bodyText()).isEqualTo(200);
    }

    /** Where the carve stands and what the new side answers, as {@code shift 0.5}. */
    static String stands(GatewayProcess gateway) {
        Scrape now = scrape(gateway);
        return String.join(",", now.values("carve_stage", "stage"))
                + " "
                + now.sum("carve_shift_share_ratio");
    }

    static void awaitStanding(GatewayProcess gateway, String expected) {
        Await.until(
                "the carve at " + expected,
                WITHIN,
                () -> stands(gateway).equals(expected),
                () -> stands(gateway) + "\n" + gateway.errors());
    }

    static Scrape scrape(GatewayProcess gateway) {
        try {
            return gateway.scrape();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Which side answers each of some users. */
    static Map<String, String> sides(GatewayProcess gateway) throws IOException {
        Map<String, String> sides = new TreeMap<>();
        try (RawClient client = RawClient.connect(gateway.port())) {
            for (int i = 0; i < USERS; i++) {
                RawResponse answer =
                        client.send("GET / HTTP/1.1\r\nHost: h\r\nX-User: user" + i + "\r\n\r\n")
                                .read();
                assertThat(answer.status()).as("user %d", i).isEqualTo(200);
                sides.put("user" + i, answer.field("X-Side").orElse("nobody"));
            }
        }
        return sides;
    }
}
