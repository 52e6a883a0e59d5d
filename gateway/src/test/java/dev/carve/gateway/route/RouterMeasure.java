package dev.carve.gateway.route;

import dev.carve.gateway.route.Routes.TestRoute;
import dev.carve.http.Head;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Prints what a lookup costs on uniformly random paths and what a snapshot weighs. A main of its
 * own: timing is reported, never asserted. CPU time of the thread, so that other work on the
 * machine counts less.
 */
final class RouterMeasure {

    private static final int REQUESTS = 4096;
    private static final int ROUNDS = 9;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int LOOKUPS = 1_000_000;

    private RouterMeasure() {}

    public static void main(String[] arguments) {
        for (int routes : new int[] {10, 1_000, 10_000}) {
            Random random = new Random(routes);
            List<Router.Rule<TestRoute>> rules = rules(routes);
            long before = usedBytes();
            Router<TestRoute> router = new Router<>(rules);
            long after = usedBytes();
            System.out.printf(
                    "%,d routes: %,d nodes, %.2f MiB beside the matches%n",
                    routes, router.nodes(), (after - before) / 1048576.0);
            measure("plain", router, requests(random, routes, ""));
            measure("escape", router, requests(random, routes, "%20"));
            measure("dots", router, requests(random, routes, "/./"));
        }
        long before = usedBytes();
        List<Router.Rule<TestRoute>> rules = rules(10_000);
        Router<TestRoute> router = new Router<>(rules);
        long whole = usedBytes() - before;
        System.out.printf(
                "10,000 routes with their matches: %.2f MiB (%,d)%n",
                whole / 1048576.0, router.entries().size());
    }

    private static List<Router.Rule<TestRoute>> rules(int count) {
        List<Router.Rule<TestRoute>> rules = new ArrayList<>();
        rules.add(Routes.rule(RouteMatch.parse("/"), false));
        for (int i = 1; i < count; i++) {
            rules.add(Routes.rule(RouteMatch.parse(match(i)), false));
        }
        return rules;
    }

    private static String match(int i) {
        String area = "/api/v1/area" + i / 50;
        return switch (i % 4) {
            case 0 -> area + "/thing" + i + "/{id}";
            case 1 -> "GET " + area + "/thing" + i + "/{id}/orders/{order}";
            case 2 -> area + "/thing" + i + "/";
            default -> "POST " + area + "/thing" + i;
        };
    }

    private static List<Head> requests(Random random, int routes, String tail) {
        List<Head> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            String match = match(random.nextInt(routes));
            String path =
                    match.substring(match.indexOf('/'))
                                    .replace("{id}", "" + random.nextInt(1_000_000))
                                    .replace("{order}", "" + random.nextInt(1_000_000))
                            + tail
                            + "?page=2";
            requests.add(
                    new Head()
                            .startRequest(random.nextInt(8) == 0 ? "POST" : "GET", path)
                            .add("User-Agent", "measure")
                            .add("Host", "api.example.com:8080"));
        }
        return requests;
    }

    private static void measure(String name, Router<TestRoute> router, List<Head> requests) {
        RouteResult<TestRoute> result = new RouteResult<>();
        Random random = new Random(1);
        int[] order = random.ints(LOOKUPS / 4, 0, REQUESTS).toArray();
        double best = Double.MAX_VALUE;
        double[] nanos = new double[ROUNDS];
        long found = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < LOOKUPS; i++) {
                router.find(requests.get(order[i % order.length]), result);
                found += result.verdict() == RouteResult.Verdict.MATCHED ? 1 : 0;
            }
            nanos[round] = (THREADS.getCurrentThreadCpuTime() - start) / (double) LOOKUPS;
            best = Math.min(best, nanos[round]);
        }
        Arrays.sort(nanos);
        System.out.printf(
                "  %-7s median %.0f ns, best %.0f ns (%d found)%n",
                name, nanos[ROUNDS / 2], best, found);
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
