package dev.carve.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carve.gateway.route.RouteMatch.Literal;
import dev.carve.gateway.route.RouteMatch.Rest;
import dev.carve.gateway.route.RouteMatch.Subtree;
import dev.carve.gateway.route.RouteMatch.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteMatchTest {

    @Test
    void partsAreRead() {
        RouteMatch match = RouteMatch.parse("GET api.example.com/users/{id}/{path...}");

        assertThat(match.method()).isEqualTo("GET");
        assertThat(match.host()).isEqualTo("api.example.com");
        assertThat(match.path())
                .containsExactly(new Literal("users"), new Variable("id"), new Rest("path"));
        assertThat(RouteMatch.parse("/").path()).containsExactly(new Subtree());
        assertThat(RouteMatch.parse("/a/").path()).containsExactly(new Literal("a"), new Subtree());
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "GET /a//b/, GET /a//b/",
        "M-SEARCH API.Example.COM./a, M-SEARCH api.example.com/a",
        "*.Example.com/{x}, *.example.com/{x}",
        "[::1]/, [::1]/",
        "/%7ejoe/%2fa/caf\u00e9/a%20b, /~joe/%2Fa/caf%C3%A9/a%20b",
        "/a:b@c;d=e+f, /a:b@c;d=e+f",
    })
    void textIsCanonicalAndReadsBackTheSame(String text, String canonical) {
        RouteMatch match = RouteMatch.parse(text);

        assertThat(match).hasToString(canonical);
        assertThat(RouteMatch.parse(canonical)).isEqualTo(match);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | has no path (expected: [METHOD ][HOST]/path such as",
                "GET users | has no path",
                "get /users | has the method \"get\" (expected: a method in capitals",
                "GET  /users | has the host \" \" (expected: a name without port",
                "example.com:80/ | has the host \"example.com:80\" (expected: a name without port",
                "*/ | has the host \"*\"",
                "a.*.b/ | has the host",
                "/{a/b} | has the segment \"{a\" (expected: a variable that takes the whole segment",
                "/{a}.json | has the segment \"{a}.json\" (expected: a variable that takes the whole",
                "/file-{a} | has \"{\" in \"file-{a}\" (expected: a variable that takes the whole",
                "/{} | has the variable \"{}\" (expected: a name of letters",
                "/{1a} | has the variable \"{1a}\"",
                "/{a...}/b | goes on after {a...} (expected: {a...} as the last segment)",
                "/{a...}/ | goes on after {a...}",
                "/{a}/{a} | has {a} twice (expected: each variable once)",
                "/api/* | has the segment \"*\" (expected: {name} for one segment",
                "/a?b | has \"?\" in \"a?b\" (expected: the path alone",
                "/a b | has \" \" in \"a b\"",
                "/a\\b | has \"\\\\\" in",
                "/a%2 | has a % in \"a%2\" (expected: % and two hexadecimal digits)",
                "/a/../b | has the segment \"..\" (expected: a path without . and .. segments)",
                "/a/%2e/b | has the segment \"%2e\"",
            })
    void whatIsWrongAndWhatWasExpectedIsTold(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RouteMatch.parse(text))
                .withMessageContaining(message)
                .withMessageContaining("(expected: ");
    }

    @Test
    void segmentsAndLengthAreBounded() {
        String deepest = "/a".repeat(RouteMatch.SEGMENTS_MAX);

        assertThat(RouteMatch.parse(deepest).path()).hasSize(RouteMatch.SEGMENTS_MAX);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RouteMatch.parse(deepest + "/a"))
                .withMessageContaining("has 65 segments (expected: at most 64)")
                .withMessageContaining("…");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RouteMatch.parse("/" + "a".repeat(5000)))
                .withMessageContaining("5001 characters");
    }

    @Test
    void conditionsAreCheckedAndShown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Condition.HeaderPresent("X Y"))
                .withMessageContaining("\"X Y\" is no header name (expected: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Condition.HeaderMatches("X", "(a"))
                .withMessageContaining("\"(a\" is no regular expression: Unclosed group");
        assertThatIllegalArgumentException().isThrownBy(() -> new Condition.QueryPresent(""));
        RouteMatch match =
                RouteMatch.parse("GET /a")
                        .when(
                                List.of(
                                        new Condition.HeaderEquals("X-A", "1"),
                                        new Condition.QueryPresent("q")));
        assertThat(match).hasToString("GET /a [x-a: 1] [?q]");
    }
}
