package dev.carve.bench.micro;

import dev.carve.gateway.route.RouteMatch;
import dev.carve.gateway.route.RouteResult;
import dev.carve.gateway.route.RouteTarget;
import dev.carve.gateway.route.Router;
import dev.carve.http.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding the route of a request that has been parsed. Requests come in an order that neither the
 * branch predictor nor the caches can learn: that is what a router meets that serves everybody.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RoutingBenchmark {

    private static final int REQUESTS = 1 << 14;

    @Param({"10", "10000"})
    public int routes = 10;

    private final RouteResult<Numbered> result = new RouteResult<>();
    private Router<Numbered> router = new Router<>(List.of());
    private Head[] requests = {};
    private int next;

    /** A route that is known by its number. */
    record Numbered(int number) implements RouteTarget {
        @Override
        public boolean guarded() {
            return false;
        }
    }

    @Setup(Level.Trial)
    public void build() {
        List<Router.Rule<Numbered>> rules = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            rules.add(new Router.Rule<>(RouteMatch.parse(SampleRoutes.match(i)), new Numbered(i)));
        }
        router = new Router<>(rules);
        Random random = new Random(routes);
        requests = new Head[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            SampleRoutes.Line line = SampleRoutes.line(routes, random);
            requests[i] =
                    new Head()
                            .startRequest(line.method(), line.target())
                            .add("User-Agent", "bench/1.0")
                            .add("Host", "api.example.test:8080");
        }
    }

    /** One lookup; the matched route's number, so that nothing can be left out. */
    @Benchmark
    public int route() {
        router.find(requests[next++ & (REQUESTS - 1)], result);
        Numbered found = result.route();
        if (found == null) {
            throw new IllegalStateException("a request of the benchmark has no route");
        }
        return found.number();
    }
}
