package dev.carve.carving.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RulesTest {

    private static void refused(RuleSource source, String key, String message) {
        assertThatThrownBy(() -> Answers.rules(source))
                .isInstanceOfSatisfying(BadRule.class, bad -> assertThat(bad.key()).isEqualTo(key))
                .hasMessage(message);
    }

    @Test
    void badPathsAreRefusedByName() {
        refused(
                Answers.ignoring("/ok", "id"),
                "ignore[1]",
                "ignore[1]: \"id\" does not begin with a slash (expected: a JSON Pointer such as"
                        + " /items/*/price)");
        refused(
                Answers.paths(List.of(), List.of("/a~2"), List.of(), Map.of()),
                "only[0]",
                "only[0]: \"/a~2\" has a tilde that escapes nothing (expected: ~0 for ~ and ~1 for"
                        + " /)");
        refused(
                Answers.paths(List.of(), List.of(), List.of("/a".repeat(63)), Map.of()),
                "sort[0]",
                "sort[0]: \"" + "/a".repeat(40) + "…\" is too deep (expected: at most 62 tokens)");
    }

    @Test
    void badTolerancesAreRefusedByName() {
        refused(
                Answers.paths(List.of(), List.of(), List.of(), Map.of("/a", "-1")),
                "tolerance./a",
                "tolerance./a: \"-1\" is no tolerance (expected: a share such as 0.5% or a distance"
                        + " such as 0.01)");
        refused(
                Answers.paths(List.of(), List.of(), List.of(), Map.of("", "101%")),
                "tolerance.",
                "tolerance.: \"101%\" is more than everything (expected: a share such as 0.5% or a"
                        + " distance such as 0.01)");
    }

    @Test
    void badPatternsAndNamesAreRefusedByName() {
        refused(
                new RuleSource(
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(new RuleSource.Replacement("a(", "")),
                        List.of(),
                        List.of(),
                        List.of()),
                "replace[0]",
                "replace[0]: \"a(\" is no regular expression (expected: one of java.util.regex, such"
                        + " as \"took \\d+ ms\"; position 2, Unclosed group)");
        refused(
                new RuleSource(
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of("X Total"),
                        List.of()),
                "headers[0]",
                "headers[0]: \"X Total\" is no field name (expected: a name such as Location)");
    }

    @Test
    void longPatternsAreRefused() {
        RuleSource source =
                new RuleSource(
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        List.of("a".repeat(1_025)),
                        List.of(),
                        List.of());
        assertThatThrownBy(() -> Answers.rules(source))
                .hasMessageEndingWith("…\" is too long (expected: at most 1024 characters)");
    }

    @Test
    void wildcardsThatMultiplyAreRefused() {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            // One place can match any set of these.
            paths.add(
                    String.join("", Collections.nCopies(i, "/*"))
                            + "/a"
                            + String.join("", Collections.nCopies(20 - i, "/*"))
                            + "/k"
                            + i);
        }
        assertThatThrownBy(() -> Answers.rules(Answers.ignoring(paths.toArray(String[]::new))))
                .isInstanceOf(BadRule.class)
                .hasMessageStartingWith(
                        "compare: \"20000 combinations\" of wildcards are too many");
    }

    @Test
    void headersAreTheUsualOnesPlusAndMinusTheConfigured() {
        Rules rules =
                Answers.rules(
                        new RuleSource(
                                List.of(),
                                List.of(),
                                List.of(),
                                Map.of(),
                                List.of(),
                                List.of(),
                                List.of("X-Total"),
                                List.of("LINK")));
        assertThat(rules.headers()).contains("content-type", "x-total").doesNotContain("link");
    }
}
