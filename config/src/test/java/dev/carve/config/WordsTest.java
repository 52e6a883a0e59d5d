package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {

    @Test
    void distanceCountsInsertDeleteReplaceAndSwap() {
        assertThat(Suggestion.distance("route", "routes")).isEqualTo(1);
        assertThat(Suggestion.distance("routes", "route")).isEqualTo(1);
        assertThat(Suggestion.distance("roites", "routes")).isEqualTo(1);
        assertThat(Suggestion.distance("ruotes", "routes")).isEqualTo(1);
        assertThat(Suggestion.distance("", "abc")).isEqualTo(3);
        assertThat(Suggestion.distance("same", "same")).isZero();
    }

    @Test
    void nothingIsSuggestedForAWordFarFromAll() {
        assertThat(Suggestion.find("zebra", List.of("routes", "listen"))).isNull();
        assertThat(Suggestion.find("x", List.of("to"))).isNull();
        assertThat(Suggestion.find("listne", List.of("routes", "listen"))).isEqualTo("listen");
    }

    @Test
    void wildcardMatchesWithinAName() {
        assertThat(Includes.wildcard("*.yaml", "a.yaml")).isTrue();
        assertThat(Includes.wildcard("*.yaml", "a.yml")).isFalse();
        assertThat(Includes.wildcard("a?c*", "abc")).isTrue();
        assertThat(Includes.wildcard("a?c", "ac")).isFalse();
        assertThat(Includes.wildcard("*a*b", "xaxbxb")).isTrue();
        assertThat(Includes.wildcard("", "a")).isFalse();
        assertThat(Includes.wildcard("**", "")).isTrue();
    }

    @Test
    void shownTextStaysOnOneLineAndIsCut() {
        assertThat(Display.quote("a\n\"\u001b[31m\u202e\\"))
                .isEqualTo("\"a\\n\\\"\\u{1b}[31m\\u{202e}\\\\\"");
        assertThat(Display.quote("é".repeat(200))).isEqualTo("\"" + "é".repeat(80) + "…\"");
    }
}
