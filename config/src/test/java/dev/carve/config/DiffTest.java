package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DiffTest {

    private static final String ROUTES =
            """
            services: { a: http://a, b: http://b }
            routes:
              - { match: /1, to: a }
              - { match: /2, to: a }
              - { match: /3, to: a }
            """;

    private static List<String> changes(String before, String after) {
        return Diff.between(LoaderTest.load(before), LoaderTest.load(after)).stream()
                .map(Diff.Change::toString)
                .toList();
    }

    @Test
    void sameValueInOtherWordsIsNoChange() {
        assertThat(changes("shutdown: 1000ms", "shutdown: { grace: 1s, delay: 0ms }")).isEmpty();
        assertThat(changes("", "listen: [8080]")).isEmpty();
    }

    @Test
    void changedValueIsToldWithItsPath() {
        assertThat(changes(ROUTES, ROUTES.replace("/2, to: a", "/2, to: b")))
                .containsExactly("routes[1].to: a -> b");
        assertThat(changes("", "shutdown: 3s")).containsExactly("shutdown.grace: 10s -> 3s");
    }

    @Test
    void elementMoreOrLessIsOneChange() {
        String without = ROUTES.replace("  - { match: /1, to: a }\n", "");

        assertThat(changes(ROUTES, without))
                .containsExactly("routes[0]: removed {match: /1, to: a, body: 10MiB}");
        assertThat(changes(without, ROUTES))
                .containsExactly("routes[0]: added {match: /1, to: a, body: 10MiB}");
    }

    @Test
    void passwordInUrlIsNotShown() {
        assertThat(changes("services: { a: 'http://u:hunter2@x' }", "services: { a: 'http://x' }"))
                .containsExactly("services.a.urls[0]: http://u:<secret>@x -> http://x");
    }

    @Test
    void addedNameIsToldWhole() {
        assertThat(changes("", "admin: 9900")).containsExactly("admin: added 9900");
        assertThat(changes("admin: 9900", "")).containsExactly("admin: removed 9900");
    }
}
