package dev.carve.gateway.route;

import static dev.carve.gateway.route.Routes.find;
import static dev.carve.gateway.route.Routes.outcome;
import static dev.carve.gateway.route.Routes.request;
import static dev.carve.gateway.route.Routes.router;
import static dev.carve.gateway.route.Routes.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import dev.carve.gateway.route.Condition.HeaderEquals;
import dev.carve.gateway.route.Condition.HeaderMatches;
import dev.carve.gateway.route.Condition.HeaderPresent;
import dev.carve.gateway.route.Condition.QueryEquals;
import dev.carve.gateway.route.Condition.QueryPresent;
import dev.carve.gateway.route.Routes.TestRoute;
import dev.carve.http.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterPrecedenceTest {

    private final Router<TestRoute> table =
            router(
                    "/",
                    "/users/",
                    "/users",
                    "/users/{id}",
                    "GET /users/{id}",
                    "HEAD /users/{id}",
                    "/users/me",
                    "POST /users/me/x",
                    "/{any}/me/x",
                    "/users/{id}/orders",
                    "/users/{id}/orders/{rest...}",
                    "/a//b",
                    "PROPFIND /dav/{path...}",
                    "example.com/",
                    "*.example.com/",
                    "*.eu.example.com/users/me",
                    "GET api.example.com/only",
                    "[::1]/",
                    "/caf%c3%a9/%7Ejoe");

    @ParameterizedTest
    @CsvSource({
        "GET /, /",
        "GET /nothing, /",
        "GET /users, /users",
        "GET /users?x=/y, /users",
        "GET /users/, /users/",
        "GET /users/7, GET /users/{id}",
        "HEAD /users/7, HEAD /users/{id}",
        "PUT /users/7, /users/{id}",
        "GET /users/me, /users/me",
        "GET /users/me/, /users/",
        "POST /users/me/x, POST /users/me/x",
        "GET /users/me/x, /users/",
        "GET /others/me/x, /{any}/me/x",
        "GET /users/7/x, /users/",
        "GET /users/7/orders, /users/{id}/orders",
        "GET /users/7/orders/, /users/{id}/orders/{rest...}",
        "GET /users/7/orders/1/2, /users/{id}/orders/{rest...}",
        "GET /users//orders, /users/",
        "GET /a//b, /a//b",
        "GET //a, /",
        "GET /a/b, /",
        "PROPFIND /dav/x/y, PROPFIND /dav/{path...}",
        "GET /dav/x/y, /",
        "PROPPATCH /dav/x/y, /",
        "propfind /dav/x/y, /",
        "get /users/7, /users/{id}",
        "OPTIONS *, /",
        "OPTIONS http://example.com, example.com/",
        "OPTIONS http://example.com?x, example.com/",
        "GET http://EXAMPLE.com:80/users/me, example.com/",
        "GET http://user@www.example.com/users/me, *.example.com/",
        "GET https://other/users/me?x, /users/me",
        "GET /caf%C3%A9/~joe, /caf%C3%A9/~joe",
        "GET /caf%c3%a9/%7ejoe, /caf%C3%A9/~joe",
        "CONNECT example.com:443, -",
        "GET users, -",
    })
    void firstBySegmentThenMethod(String line, String expected) {
        assertThat(outcome(find(table, request(line)))).isEqualTo(expected);
        assertThat(outcome(find(table, request(line, "Host: unknown")))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, GET /users/me, example.com/",
        "EXAMPLE.COM:8080, GET /users/me, example.com/",
        "example.com., GET /users/me, example.com/",
        "example.com.:80, GET /users/me, example.com/",
        "www.example.com, GET /users/me, *.example.com/",
        "a.b.example.com, GET /users/me, *.example.com/",
        "a.eu.example.com, GET /users/me, *.eu.example.com/users/me",
        "a.b.EU.example.com:1, GET /users/me, *.eu.example.com/users/me",
        "eu.example.com, GET /users/me, *.example.com/",
        "a.eu.example.com, GET /users/you, *.example.com/",
        "api.example.com, GET /only, GET api.example.com/only",
        "api.example.com, POST /only, *.example.com/",
        "badexample.com, GET /users/me, /users/me",
        ".example.com, GET /users/me, /users/me",
        "[::1], GET /users/me, [::1]/",
        "[::1]:8080, GET /users/me, [::1]/",
        "[::2]:8080, GET /users/me, /users/me",
        "'', GET /users/me, /users/me",
        ":80, GET /users/me, /users/me",
        "[, GET /users/me, /users/me",
    })
    void hostGoesBeforePath(String host, String line, String expected) {
        assertThat(outcome(find(table, request(line, "Host: " + host)))).isEqualTo(expected);
    }

    @Test
    void noRouteIsNone() {
        Router<TestRoute> router = router("GET /a", "b.example/");

        assertThat(outcome(find(router, request("GET /b")))).isEqualTo("-");
        assertThat(outcome(find(router, request("POST /a")))).isEqualTo("-");
        assertThat(outcome(find(router(), request("POST /a")))).isEqualTo("-");
    }

    @Test
    void moreConditionsGoFirstAndFailingOnesFallBack() {
        RouteMatch a = RouteMatch.parse("/a");
        Condition version = new HeaderEquals("X-Version", "2");
        Condition beta = new QueryEquals("beta", "yes please");
        Condition client = new HeaderMatches("User-Agent", "curl/.*");
        RouteMatch two = a.when(List.of(version, beta));
        RouteMatch one = a.when(List.of(version));
        RouteMatch curl = a.when(List.of(client, new QueryPresent("x"), new HeaderPresent("Via")));
        Router<TestRoute> router =
                new Router<>(
                        Stream.of(a, one, two, curl, RouteMatch.parse("/"))
                                .map(match -> rule(match, false))
                                .toList());

        assertThat(outcome(find(router, request("GET /a")))).isEqualTo("/a");
        Head versioned = request("GET /a?q=1", "X-VERSION: 2");
        assertThat(outcome(find(router, versioned))).isEqualTo("/a [x-version: 2]");
        for (String query : List.of("beta=yes+please", "q&b%65ta=yes%20please&beta=no")) {
            Head both = request("GET /a?" + query, "x-version: 2");
            assertThat(outcome(find(router, both)))
                    .isEqualTo("/a [x-version: 2] [?beta=yes please]");
        }
        Head later = request("GET /a?beta=no&beta=yes+please", "x-version: 2");
        assertThat(outcome(find(router, later))).isEqualTo("/a [x-version: 2]");
        Head repeated = request("GET /a", "x-version: 2", "x-version: 2");
        assertThat(outcome(find(router, repeated))).isEqualTo("/a");
        Head all = request("GET /a?x", "User-Agent: curl/8", "via: me", "x-version: 2");
        assertThat(outcome(find(router, all))).isEqualTo("/a [user-agent: ~curl/.*] [?x] [via]");
    }

    @Test
    void repeatedFieldCountsAsJoined() {
        RouteMatch match =
                RouteMatch.parse("/").when(List.of(new HeaderEquals("Accept", "text/html, */*")));
        Router<TestRoute> router = new Router<>(List.of(rule(match, false)));

        Head joined = request("GET /", "Accept: text/html", "Host: x", "accept: */*");
        assertThat(find(router, joined).match()).isEqualTo(match);
        Head other = request("GET /", "Accept: */*", "accept: text/html");
        assertThat(find(router, other).match()).isNull();
        Head longer = request("GET /", "Accept: text/html", "Accept: */*", "Accept: x");
        assertThat(find(router, longer).match()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/a/{x}, /a/{y}",
        "/a/{x...}, /a/",
        "GET EXAMPLE.com./a, GET example.com/a",
        "/%7ea, /~a",
    })
    void equalMatchesAreRefusedNamingBoth(String first, String second) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> router(first, "/", second))
                .withMessageContainingAll(
                        RouteMatch.parse(first).toString(),
                        RouteMatch.parse(second).toString(),
                        "takes the same requests as",
                        "expected: ");
        assertThat(
                        Router.conflicts(
                                List.of(
                                        RouteMatch.parse(first),
                                        RouteMatch.parse("/"),
                                        RouteMatch.parse(second))))
                .extracting(RouteConflict::first, RouteConflict::second)
                .containsExactly(tuple(0, 2));
    }

    @Test
    void conditionsThatExcludeEachOtherAreNoConflict() {
        RouteMatch a = RouteMatch.parse("/a");
        RouteMatch one = a.when(List.of(new HeaderEquals("x", "1")));
        RouteMatch two = a.when(List.of(new HeaderEquals("X", "2")));
        RouteMatch other = a.when(List.of(new HeaderEquals("y", "1")));
        RouteMatch query = a.when(List.of(new QueryEquals("x", "1")));

        assertThat(Router.conflicts(List.of(one, two))).isEmpty();
        assertThat(Router.conflicts(List.of(one, one))).hasSize(1);
        assertThat(Router.conflicts(List.of(one, other))).hasSize(1);
        assertThat(Router.conflicts(List.of(one, query))).hasSize(1);
        assertThat(Router.conflicts(List.of(one, a))).isEmpty();
    }

    @Test
    void variablesAreRangesOfThePathAsSent() {
        Router<TestRoute> router = router("/users/{id}/files/{path...}", "/{all...}");

        assertThat(variables(router, "GET /users/7/files/a/b?c"))
                .containsExactly("id=7", "path=a/b");
        assertThat(variables(router, "GET /users/7/files/")).containsExactly("id=7", "path=");
        assertThat(variables(router, "GET http://h/users/7/files/a"))
                .containsExactly("id=7", "path=a");
        assertThat(variables(router, "GET /users/%41%20b/./files/x/../%7e"))
                .containsExactly("id=%41%20b", "path=%7e");
        assertThat(variables(router, "GET /x/../users/7/./files"))
                .containsExactly("all=users/7/./files");
        assertThat(variables(router, "OPTIONS *")).containsExactly("all=");
        assertThat(variables(router, "GET /")).containsExactly("all=");
    }

    private static List<String> variables(Router<TestRoute> router, String line) {
        Head head = request(line);
        RouteResult<TestRoute> result = find(router, head);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < result.variables(); i++) {
            assertThat(result.variable(result.variableName(i))).isEqualTo(i);
            texts.add(result.variableName(i) + "=" + result.variableText(head, i));
        }
        return texts;
    }
}
