package dev.carve.gateway.route;

import static dev.carve.gateway.route.Routes.request;
import static dev.carve.gateway.route.Routes.router;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExplanationTest {

    @Test
    void saysWhyEachRouteWasPassedOver() {
        Explanation explanation =
                router("/", "/users/{id}", "POST /users/{id}", "b.example/users/", "/other")
                        .explain(request("GET /users/%37", "Host: A.example:80"));

        assertThat(explanation)
                .hasToString(
                        """
                        a.example/users/7: route /users/{id}
                          b.example/users/ is for host b.example
                          POST /users/{id} is for method POST
                          /users/{id} takes the request
                          / comes after /users/{id}\
                        """);
    }

    @Test
    void saysWhyARequestIsRefused() {
        Explanation explanation =
                router("/", "!/admin").explain(request("GET /x/../admin", "Host: h"));

        assertThat(explanation)
                .hasToString(
                        """
                        h/admin: refused with 400, the path holds a .. segment
                          /admin would take the request, but the path holds a .. segment
                          / comes after /admin\
                        """);
    }

    @Test
    void listsABoundedNumberOfCandidates() {
        String[] matches = new String[150];
        for (int i = 0; i < matches.length; i++) {
            matches[i] = "M" + i + " /a";
        }

        Explanation explanation = router(matches).explain(request("GET /a"));

        assertThat(explanation.verdict()).isEqualTo(RouteResult.Verdict.NONE);
        assertThat(explanation.candidates()).hasSize(Explanation.CANDIDATES_MAX);
        assertThat(explanation.leftOut()).isEqualTo(50);
    }
}
