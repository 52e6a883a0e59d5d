package dev.carve.gateway.route;

import static dev.carve.gateway.route.Routes.find;
import static dev.carve.gateway.route.Routes.outcome;
import static dev.carve.gateway.route.Routes.request;
import static dev.carve.gateway.route.Routes.router;
import static dev.carve.gateway.route.Routes.rule;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.carve.gateway.route.Condition.HeaderMatches;
import dev.carve.gateway.route.Routes.TestRoute;
import dev.carve.http.Head;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterHostileTest {

    @Test
    void deepPathsAreReadNoDeeperThanTheRoutes() {
        Router<TestRoute> router = router("/", "/a/a/a", "/{x}/{y}/{z}/", "POST /a/{x}/a/a");

        RouteResult<TestRoute> deep = find(router, request("GET " + "/a".repeat(32_768)));
        RouteResult<TestRoute> shallow = find(router, request("GET /a/a/a/a/a"));

        assertThat(outcome(deep)).isEqualTo("/{x}/{y}/{z}/");
        assertThat(deep.steps).isEqualTo(shallow.steps).isLessThanOrEqualTo(router.nodes());
    }

    @Test
    void longPathsOfEachKindEndAsShortOnesDo() {
        Router<TestRoute> router = router("/", "!/admin", "/{x}/{y...}");
        int length = 65_536;

        assertThat(outcome(find(router, request("GET /" + "a".repeat(length))))).isEqualTo("/");
        assertThat(outcome(find(router, request("GET /" + "%41".repeat(length / 3)))))
                .isEqualTo("/");
        assertThat(outcome(find(router, request("GET " + "/x/..".repeat(length / 5) + "/admin"))))
                .isEqualTo("400");
        assertThat(
                        outcome(
                                find(
                                        router,
                                        request(
                                                "GET "
                                                        + "/x".repeat(length / 5)
                                                        + "/..".repeat(length / 5)
                                                        + "/admin"))))
                .isEqualTo("400");
        assertThat(outcome(find(router, request("GET " + "/.".repeat(length / 2))))).isEqualTo("/");
        assertThat(outcome(find(router, request("GET " + "/".repeat(length))))).isEqualTo("/");
        assertThat(outcome(find(router, request("GET /" + "%c0%af".repeat(length / 6) + "admin"))))
                .isEqualTo("400");
    }

    /** The wire lets such a Host pass; the upstream would read the same host. */
    @Test
    void anOriginInPlaceOfAHostIsRoutedByTheHostItHolds() {
        Router<TestRoute> router = router("/", "shop.test/", "http/", "*.shop.test/", "[::1]/");

        assertThat(outcome(find(router, request("GET /", "Host: http://shop.test"))))
                .isEqualTo("shop.test/");
        assertThat(outcome(find(router, request("GET /", "Host: HTTPS://Shop.Test.:8443"))))
                .isEqualTo("shop.test/");
        assertThat(outcome(find(router, request("GET /", "Host: http://a.shop.test"))))
                .isEqualTo("*.shop.test/");
        assertThat(outcome(find(router, request("GET /", "Host: http://[::1]:80"))))
                .isEqualTo("[::1]/");
        assertThat(outcome(find(router, request("GET /", "Host: http:80")))).isEqualTo("http/");
        assertThat(outcome(find(router, request("GET /", "Host: http://")))).isEqualTo("/");
    }

    @Test
    void backtrackingVisitsEachNodeAtMostOnce() {
        List<Router.Rule<TestRoute>> rules = new ArrayList<>();
        int depth = 10;
        for (int bits = 0; bits < 1 << depth; bits++) {
            StringBuilder path = new StringBuilder("POST ");
            for (int i = 0; i < depth; i++) {
                path.append((bits >> i & 1) == 0 ? "/a" : "/{x" + i + "}");
            }
            rules.add(rule(RouteMatch.parse(path.toString()), false));
        }
        Router<TestRoute> router = new Router<>(rules);

        RouteResult<TestRoute> result = find(router, request("GET " + "/a".repeat(depth)));

        assertThat(outcome(result)).isEqualTo("-");
        // Nodes: nobody's, the root, and a full binary tree below it. Nobody's is never visited.
        assertThat(router.nodes()).isEqualTo(1 << (depth + 1));
        assertThat(result.steps).isEqualTo(router.nodes() - 1);
    }

    @Test
    void hostsOfManyLabelsAndGreatLengthAreNoTrouble() {
        Router<TestRoute> router = router("/", "*.x/", "*.a.x/");

        assertThat(outcome(find(router, request("GET /", "Host: " + "a.".repeat(120) + "x"))))
                .isEqualTo("*.a.x/");
        assertThat(outcome(find(router, request("GET /", "Host: " + "a.".repeat(30_000) + "x"))))
                .isEqualTo("/");
    }

    @Test
    void regularExpressionThatBacktracksForeverDoesNotMatch() {
        RouteMatch bomb =
                RouteMatch.parse("/").when(List.of(new HeaderMatches("x", "(a+)+b|(c|d)*")));
        Router<TestRoute> router = new Router<>(List.of(rule(bomb, false)));

        assertThat(find(router, request("GET /", "X: " + "a".repeat(1000))).match()).isNull();
        assertThat(find(router, request("GET /", "X: aab")).match()).isEqualTo(bomb);
        int longest = BoundedText.LENGTH_MAX;
        assertThat(find(router, request("GET /", "X: " + "c".repeat(longest))).match())
                .isEqualTo(bomb);
        assertThat(find(router, request("GET /", "X: " + "c".repeat(longest + 1))).match())
                .isNull();
    }

    @Test
    void lookupsAllocateNothing() {
        Router<TestRoute> router = router("/", "!/users/{id}", "*.x/a/{rest...}", "GET y.x/b");
        List<Head> requests =
                List.of(
                        request("GET /users/7?a=b", "Host: h"),
                        request("GET /users/%41%20", "Host: h"),
                        request("GET /a/b/c", "Host: q.x"),
                        request("GET /a/../../users/7", "Host: y.x"));
        RouteResult<TestRoute> result = new RouteResult<>();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        lookUp(router, requests, result);
        long before = threads.getCurrentThreadAllocatedBytes();
        lookUp(router, requests, result);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        // 40,000 lookups; the bean itself and the compiler's hand-over may cost a little.
        assertThat(allocated).isLessThan(40_000);
    }

    private static void lookUp(
            Router<TestRoute> router, List<Head> requests, RouteResult<TestRoute> result) {
        for (int i = 0; i < 10_000; i++) {
            for (int j = 0; j < requests.size(); j++) {
                router.find(requests.get(j), result);
            }
        }
    }
}
