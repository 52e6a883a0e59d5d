package dev.carve.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.route.Condition.HeaderEquals;
import dev.carve.gateway.route.Condition.HeaderPresent;
import dev.carve.gateway.route.Condition.QueryEquals;
import dev.carve.gateway.route.RouteMatch.Literal;
import dev.carve.gateway.route.RouteMatch.Variable;
import dev.carve.gateway.route.Routes.TestRoute;
import dev.carve.http.Head;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The router against one that sorts all routes by the rules and tries each. */
class RouterPropertyTest {

    private static final String[] SEGMENTS = {"a", "b", "c", "{x}", "{x}", ""};
    private static final String[] HOSTS = {"h.x", "*.x", "*.h.x", "*.a.h.x", "x"};
    private static final String[] ASKED_HOSTS = {"h.x", "a.h.x", "b.a.h.x", "x", "q", "A.X:80"};
    private static final String[] METHODS = {"GET", "HEAD", "POST", "PURGE"};
    private static final Condition[] CONDITIONS = {
        new HeaderEquals("k", "1"),
        new HeaderEquals("k", "2"),
        new HeaderPresent("accept"),
        new QueryEquals("q", "1")
    };

    private record Asked(
            String method, String host, String path, boolean k, boolean accept, boolean q) {
        Head head() {
            Head head = new Head().startRequest(method, path + (q ? "?q=1" : "")).add("Host", host);
            if (k) {
                head.add("K", "1");
            }
            return accept ? head.add("Accept", "x") : head;
        }

        boolean fulfils(Condition condition) {
            return switch (condition) {
                case HeaderEquals(String _, String value) -> k && value.equals("1");
                case HeaderPresent _ -> accept;
                default -> q;
            };
        }
    }

    @Test
    void findsWhatTheSortedListFinds() {
        for (int round = 0; round < 400; round++) {
            long seed = 7_000_000L + round;
            Random random = new Random(seed);
            List<RouteMatch> matches = matches(random, 1 + random.nextInt(60));
            Router<TestRoute> router =
                    new Router<>(matches.stream().map(m -> Routes.rule(m, false)).toList());
            RouteResult<TestRoute> result = new RouteResult<>();
            for (int i = 0; i < 60; i++) {
                Asked asked = asked(random);
                RouteMatch expected = expected(matches, asked);
                router.find(asked.head(), result);
                assertThat(result.match())
                        .as("seed %d, %s among %s", seed, asked, matches)
                        .isEqualTo(expected);
                assertThat(result.steps).as("seed %d", seed).isLessThanOrEqualTo(router.nodes());
                assertExplained(router.explain(asked.head()), expected, seed);
            }
        }
    }

    private static void assertExplained(
            Explanation explanation, @Nullable RouteMatch expected, long seed) {
        assertThat(explanation.route()).isEqualTo(expected);
        assertThat(explanation.candidates())
                .filteredOn(candidate -> candidate.outcome() instanceof Explanation.Chosen)
                .as("seed %d: %s", seed, explanation)
                .extracting(Explanation.Candidate::match)
                .isEqualTo(expected == null ? List.of() : List.of(expected));
    }

    private static List<RouteMatch> matches(Random random, int count) {
        List<RouteMatch> matches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String host = random.nextInt(3) == 0 ? pick(random, HOSTS) : "";
            String method = random.nextBoolean() ? pick(random, METHODS) + " " : "";
            StringBuilder path = new StringBuilder();
            for (int s = random.nextInt(4); s >= 0; s--) {
                path.append('/').append(pick(random, SEGMENTS).replace("x", "x" + s));
            }
            path.append(pick(random, new String[] {"", "", "/", "/{rest...}"}));
            List<Condition> conditions =
                    Arrays.stream(CONDITIONS).filter(_ -> random.nextInt(6) == 0).toList();
            matches.add(RouteMatch.parse(method + host + path).when(conditions));
            if (!Router.conflicts(matches).isEmpty()) {
                matches.removeLast();
            }
        }
        return matches;
    }

    private static Asked asked(Random random) {
        StringBuilder path = new StringBuilder();
        for (int s = random.nextInt(5); s >= 0; s--) {
            path.append('/').append(pick(random, new String[] {"a", "b", "c", "d", "", "a"}));
        }
        return new Asked(
                pick(random, METHODS),
                pick(random, ASKED_HOSTS),
                path.toString(),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextBoolean());
    }

    private static String pick(Random random, String[] texts) {
        return texts[random.nextInt(texts.length)];
    }

    private static @Nullable RouteMatch expected(List<RouteMatch> matches, Asked asked) {
        return matches.stream()
                .filter(match -> takes(match, asked))
                .min(Comparator.comparing(RouterPropertyTest::rank))
                .orElse(null);
    }

    private static boolean takes(RouteMatch match, Asked asked) {
        String regex =
                match.path().stream()
                        .map(segment ->
                                switch (segment) {
                                    case Literal(String text) -> Pattern.quote(text);
                                    case Variable _ -> "[^/]+";
                                    default -> ".*";
                                })
                        .collect(Collectors.joining("/", "/", ""));
        String method = match.method();
        boolean methodTakes =
                method == null
                        || method.equals(asked.method())
                        || (method.equals("GET") && asked.method().equals("HEAD"));
        return methodTakes
                && hostTakes(match.host(), asked.host().replace("A.X:80", "a.x"))
                && asked.path().matches(regex)
                && match.conditions().stream().allMatch(asked::fulfils);
    }

    private static boolean hostTakes(@Nullable String wanted, String host) {
        return wanted == null
                || (wanted.startsWith("*")
                        ? host.matches(".+" + Pattern.quote(wanted.substring(1)))
                        : wanted.equals(host));
    }

    /** A text that sorts as the rules say. */
    private static String rank(RouteMatch match) {
        String host = match.host();
        String hostRank =
                host == null ? "999" : host.startsWith("*") ? "" + (900 - host.length()) : "000";
        String path =
                match.path().stream()
                        .map(s -> s instanceof Literal ? "0" : s instanceof Variable ? "1" : "2")
                        .collect(Collectors.joining());
        String method = match.method() == null ? "2" : match.method().equals("HEAD") ? "0" : "1";
        return hostRank + "-" + path + "-" + method + "-" + (9 - match.conditions().size());
    }
}
