package dev.carve.gateway.route;

import static dev.carve.gateway.route.Routes.find;
import static dev.carve.gateway.route.Routes.outcome;
import static dev.carve.gateway.route.Routes.request;
import static dev.carve.gateway.route.Routes.router;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.gateway.route.Routes.TestRoute;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterAmbiguityTest {

    private static final String[] GUARDED = {
        "/",
        "!/admin",
        "!/admin/",
        "!/users/{id}",
        "/public/",
        "/open/{x...}",
        "/open/fixed",
        "!/caf%C3%A9",
        "!/a%20b",
        "!/x/y"
    };

    private final Router<TestRoute> guarded = router(GUARDED);
    private final Router<TestRoute> passing =
            router(String.join("\n", GUARDED).replace("!", "").split("\n"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // target | with guarded routes | with none | ambiguity
                "/admin | /admin | /admin | NONE",
                "/admin?a=%2F../%00 | /admin | /admin | NONE",
                "/public/a%2Fb | /public/ | /public/ | ENCODED_SLASH",
                "/public%2F..%2Fadmin | 400 | / | ENCODED_SLASH",
                "/public/..%2fadmin | 400 | /public/ | ENCODED_SLASH",
                "/%2Fadmin | 400 | / | ENCODED_SLASH",
                "/users/a%2Fb | 400 | /users/{id} | ENCODED_SLASH",
                "/public/../admin | 400 | /admin | DOT_DOT",
                "/public/%2e%2E/admin | 400 | /admin | DOT_DOT",
                "/public/.%2e/admin | 400 | /admin | DOT_DOT",
                "/admin/../public/x | 400 | /public/ | DOT_DOT",
                "/public/x/../y | /public/ | /public/ | DOT_DOT",
                "/public/x/.. | /public/ | /public/ | DOT_DOT",
                "/../.. | / | / | DOT_DOT",
                "/../../admin | 400 | /admin | DOT_DOT",
                "/public/..;/admin | 400 | /public/ | DOT_DOT",
                "/public/..;a=b/admin | 400 | /public/ | DOT_DOT",
                "/public/%2e%2e;/admin | 400 | /public/ | DOT_DOT",
                "/public/./x | /public/ | /public/ | NONE",
                "/./admin | 400 | /admin | FORMS_DIFFER",
                "/admin/. | /admin/ | /admin/ | NONE",
                "/x/./y | 400 | /x/y | FORMS_DIFFER",
                "/%61dmin | 400 | /admin | FORMS_DIFFER",
                "/open/fix%65d | /open/fixed | /open/fixed | FORMS_DIFFER",
                "/users/%41%20%3a | /users/{id} | /users/{id} | NONE",
                "/caf%c3%a9 | /caf%C3%A9 | /caf%C3%A9 | NONE",
                "/caf\u00c3\u00a9 | /caf%C3%A9 | /caf%C3%A9 | NONE",
                "/a%20b | /a%20b | /a%20b | NONE",
                "/%2561dmin | / | / | NONE",
                "/public/%252e%252e/admin | /public/ | /public/ | NONE",
                "/public%252F..%252Fadmin | / | / | NONE",
                "/public/..\\admin | 400 | /public/ | BACKSLASH",
                "/public%5c..%5Cadmin | 400 | / | BACKSLASH",
                "/public/a\\b | /public/ | /public/ | BACKSLASH",
                "/admin%00.png | 400 | / | NUL",
                "/public/%00 | /public/ | /public/ | NUL",
                "/public/x%c0%af..%c0%afadmin | /public/ | /public/ | OVERLONG",
                "/public/%c0%ae%c0%ae/admin | 400 | /public/ | OVERLONG",
                "/public/\u00c0\u00ae./admin | 400 | /public/ | OVERLONG",
                "/public%c0%af..%e0%80%afadmin | 400 | / | OVERLONG",
                "/%c1%a1dmin | 400 | / | OVERLONG",
                "/admin%c0%80 | 400 | / | OVERLONG",
                "/public/%c1rbol | /public/ | /public/ | NONE",
                "/public/%e0%a4%85 | /public/ | /public/ | NONE",
                "/admin#x | 400 | / | FRAGMENT",
                "/public/%zz%4 | /public/ | /public/ | NONE",
                "/admin% | / | / | NONE",
                "//admin | / | / | NONE",
                "/.git/... | / | / | NONE",
                "/... | / | / | NONE",
                "http://h/public/../admin | 400 | /admin | DOT_DOT",
                "http://h#@x/admin | - | - | NONE",
            })
    void refusedOnlyWhereAReadingIsGuarded(
            String target, String whereGuarded, String wherePassed, Ambiguity ambiguity) {
        RouteResult<TestRoute> strict = find(guarded, request("GET " + target));
        RouteResult<TestRoute> passed = find(passing, request("GET " + target));

        assertThat(outcome(strict)).isEqualTo(whereGuarded);
        assertThat(strict.ambiguity()).isEqualTo(ambiguity);
        assertThat(outcome(passed)).isEqualTo(wherePassed);
        assertThat(passed.ambiguity()).isEqualTo(ambiguity);
    }

    @Test
    void rawNulIsAmbiguousToo() {
        assertThat(outcome(find(guarded, request("GET /admin\u0000x")))).isEqualTo("400");
    }

    @Test
    void largePathsLeaveNoLargeBuffer() {
        RouteResult<TestRoute> result = new RouteResult<>();
        passing.find(request("GET /" + "%41".repeat(20_000)), result);
        assertThat(result.forms.bytes.length).isGreaterThan(60_000);

        result.clear();

        assertThat(result.forms.bytes).isEmpty();
        assertThat(result.route()).isNull();
        passing.find(request("GET /%61dmin"), result);
        assertThat(outcome(result)).isEqualTo("/admin");
    }
}
