package dev.carve.it.carving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.it.gateway.GatewayProcess;
import dev.carve.it.gateway.Scrape;
import dev.carve.testkit.Await;
import dev.carve.testkit.RawClient;
import dev.carve.testkit.RawResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two versions of a real application, json-server 0.17 and 1.0, side by side: for each request what
 * Carve finds is exactly what a direct comparison finds, nothing missed and nothing invented. They
 * are installed by {@code .ci/run}.
 */
@Timeout(120)
class AppVersionsTest {

    private static final int ROWS_SHOWN = 100;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Method and target, then further fields. */
    private static final List<String> REQUESTS =
            List.of(
                    "GET /posts",
                    "GET /posts/1",
                    "GET /posts/p3",
                    "GET /posts/999",
                    "GET /posts?author=typicode",
                    "GET /posts?views=100",
                    "GET /posts?id=1&id=p3",
                    "GET /posts?meta.draft=true",
                    "GET /posts?views_gte=100",
                    "GET /posts?views_ne=100",
                    "GET /posts?title_like=server",
                    "GET /posts?q=server",
                    "GET /posts?_sort=views",
                    "GET /posts?_sort=views&_order=desc",
                    "GET /posts?_sort=-views",
                    "GET /posts?_page=1",
                    "GET /posts?_page=2&_limit=2",
                    "GET /posts?_page=1&_per_page=2",
                    "GET /posts?_start=1&_end=3",
                    "GET /posts?_limit=1",
                    "GET /posts?_embed=comments",
                    "GET /posts/p3?_embed=comments",
                    "GET /comments",
                    "GET /comments?postId=p3",
                    "GET /comments?_expand=post",
                    "GET /posts/p3/comments",
                    "GET /profile",
                    "GET /profile?x=1",
                    "GET /profile/name",
                    "GET /db",
                    "GET /nothing",
                    "GET /",
                    "GET /__rules",
                    "HEAD /posts",
                    "HEAD /nothing",
                    "OPTIONS /posts",
                    "OPTIONS /posts|Origin: http://a.test|Access-Control-Request-Method: PUT",
                    "GET /profile|Origin: http://a.test",
                    "GET /db|Accept-Encoding: gzip",
                    "GET /|Accept-Encoding: gzip",
                    "GET /profile|If-None-Match: \"x\"");

    @TempDir private Path folder = Path.of("");

    private static RawResponse send(int port, String request) throws IOException {
        String[] parts = request.split("\\|");
        String method = parts[0].substring(0, parts[0].indexOf(' '));
        StringBuilder head = new StringBuilder(parts[0] + " HTTP/1.1\r\nHost: app.test\r\n");
        for (int i = 1; i < parts.length; i++) {
            head.append(parts[i]).append("\r\n");
        }
        try (RawClient client = RawClient.connect(port)) {
            return client.send(head.append("\r\n").toString()).read(method);
        }
    }

    /** How often each place differed so far. */
    private static Map<String, Long> differing(GatewayProcess gateway) throws IOException {
        JsonNode carves = JSON.readTree(gateway.admin("/api/carves").bodyText());
        JsonNode rows = carves.get(0).get("differences");
        assertThat(rows.size()).as("places that are shown").isLessThan(ROWS_SHOWN);
        Map<String, Long> differing = new HashMap<>();
        for (JsonNode row : rows) {
            differing.put(row.get("place").asString(), row.get("copies_differing").asLong());
        }
        return differing;
    }

    private static void awaitCompared(GatewayProcess gateway, int count, String request) {
        Await.until(
                "comparison " + count + ", of " + request,
                Duration.ofSeconds(20),
                () -> Shop.scrape(gateway).sum("carve_compared_total") == count,
                () -> {
                    Scrape now = Shop.scrape(gateway);
                    return now.sum("carve_compared_total")
                            + ", skipped for "
                            + now.values("carve_mirror_skipped_total", "reason");
                });
    }

    /** What a round over all requests found, by a direct comparison. */
    private record Truth(int different, Set<String> places) {}

    private Truth compared(List<String> ignoredFields, String... rules) throws Exception {
        try (NodeApp old = NodeApp.jsonServer("json-server-old", "lib/cli/bin.js", folder);
                NodeApp fresh = NodeApp.jsonServer("json-server-new", "lib/bin.js", folder);
                GatewayProcess gateway =
                        GatewayProcess.start(
                                folder,
                                Shop.carved(
                                        folder.resolve("carve.db"),
                                        old.port(),
                                        fresh.port(),
                                        rules))) {
            int different = 0;
            Set<String> all = new TreeSet<>();
            Map<String, Long> before = Map.of();
            for (int i = 0; i < REQUESTS.size(); i++) {
                String request = REQUESTS.get(i);
                RawResponse direct = send(old.port(), request);
                Set<String> truth = DirectDiff.of(direct, send(fresh.port(), request));
                ignoredFields.forEach(name -> truth.remove("header " + name));

                RawResponse through = send(gateway.port(), request);
                awaitCompared(gateway, i + 1, request);
                Map<String, Long> after = differing(gateway);

                assertThat(through.status()).as(request).isEqualTo(direct.status());
                assertThat(through.bodyText()).as(request).isEqualTo(direct.bodyText());
                assertThat(risen(before, after)).as(request).isEqualTo(truth);
                different += truth.isEmpty() ? 0 : 1;
                all.addAll(truth);
                before = after;
            }
            assertThat(Shop.scrape(gateway).sum("carve_compared_total", "result=\"mismatch\""))
                    .isEqualTo(different);
            return new Truth(different, all);
        }
    }

    @Test
    void whatCarveFindsIsWhatADirectComparisonFinds() throws Exception {
        Truth truth = compared(List.of(), "mirror: 100%", "noise: 0%");
        // They do differ, and in each part of an answer: else this proves little.
        assertThat(truth.different()).isGreaterThan(5);
        assertThat(truth.places())
                .contains("status")
                .anyMatch(place -> place.startsWith("header "))
                .anyMatch(place -> place.startsWith("/*"));
    }

    @Test
    void answersThatDifferOnlyInFieldsThatDoNotCountAreTheSame() throws Exception {
        List<String> ignored =
                List.of(
                        "cache-control",
                        "content-type",
                        "access-control-allow-origin",
                        "access-control-allow-credentials");
        Truth truth =
                compared(
                        ignored,
                        "mirror: 100%",
                        "noise: 0%",
                        "compare: { ignore_headers: [" + String.join(", ", ignored) + "] }");
        assertThat(truth.different()).as("%s", truth.places()).isBetween(5, REQUESTS.size() - 5);
    }

    private static Set<String> risen(Map<String, Long> before, Map<String, Long> after) {
        Set<String> risen = new TreeSet<>();
        after.forEach((place, count) -> {
            if (count > before.getOrDefault(place, 0L)) {
                risen.add(place);
            }
        });
        return risen;
    }
}
