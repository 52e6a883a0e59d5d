package dev.carve.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two processes compare their configurations without telling each other a secret. */
class SecretMarksTest {

    private static final String KEY = "0123456789abcdef0123456789abcdef";

    private static String listener(int port, String secret) {
        return "{ address: %d, tls: { certificate: c, key: %s } }".formatted(port, secret);
    }

    private static Loaded listening(String... listeners) {
        return LoaderTest.load("listen: [" + String.join(", ", listeners) + "]");
    }

    /** What the one who asks sees of the other. */
    private static List<String> changes(Loaded theirs, Loaded ours) {
        SecretMarks asking = SecretMarks.numbering();
        String own = asking.render(ours);
        String told = SecretMarks.known(asking.key(), asking.hashes()).render(theirs);
        assertThat(own + told).doesNotContain("topsecret");
        return Diff.between(LoaderTest.load(told), LoaderTest.load(own)).stream()
                .map(each -> SecretMarks.shown(each.toString()))
                .toList();
    }

    @Test
    void equalSecretsAreNoDifferenceWhereverTheyStand() {
        Loaded both = listening(listener(1, "topsecret-a"), listener(2, "topsecret-b"));
        assertThat(changes(both, both)).isEmpty();
        Loaded moved =
                listening(
                        listener(9, "topsecret-c"),
                        listener(1, "topsecret-a"),
                        listener(2, "topsecret-b"));
        assertThat(changes(both, moved))
                .singleElement()
                .asString()
                .startsWith("listen[0]: added {")
                .contains("key: <secret>");
    }

    @Test
    void anotherSecretIsADifferenceWithoutBeingShown() {
        Loaded one = listening(listener(1, "topsecret-a"));
        Loaded other = listening(listener(1, "topsecret-b"));
        assertThat(changes(one, other)).containsExactly("listen[0].tls.key: <secret> -> <secret>");
        assertThat(changes(other, one)).containsExactly("listen[0].tls.key: <secret> -> <secret>");
        Loaded swapped = listening(listener(1, "topsecret-a"), listener(2, "topsecret-b"));
        assertThat(
                        changes(
                                swapped,
                                listening(listener(1, "topsecret-b"), listener(2, "topsecret-a"))))
                .hasSize(2);
    }

    @Test
    void passwordInUrlIsComparedToo() {
        Loaded one = LoaderTest.load("services: { a: 'http://u:topsecret-a@x' }");
        Loaded other = LoaderTest.load("services: { a: 'http://u:topsecret-b@x' }");
        assertThat(changes(one, one)).isEmpty();
        assertThat(changes(one, other))
                .containsExactly("services.a.urls[0]: http://u:<secret>@x -> http://u:<secret>@x");
    }

    @Test
    void hashesDependOnTheKeyOfTheQuestion() {
        Loaded one = listening(listener(1, "topsecret-a"));
        SecretMarks first = SecretMarks.numbering();
        SecretMarks second = SecretMarks.numbering();
        first.render(one);
        second.render(one);
        assertThat(first.hashes()).hasSize(1).isNotEqualTo(second.hashes());
        assertThat(SecretMarks.known(second.key(), first.hashes()).render(one))
                .contains("carve-secret-0");
    }

    @Test
    void whoKnowsNothingIsToldThatItIsAnother() {
        assertThat(SecretMarks.none().render(listening(listener(1, "topsecret-a"))))
                .contains("key: carve-secret-0")
                .doesNotContain("topsecret");
    }

    @Test
    void secretsBeyondTheBoundPassForChanged() {
        List<String> many = new ArrayList<>();
        for (int i = 0; i <= SecretMarks.COUNT_MAX; i++) {
            many.add(listener(i + 1, "topsecret-" + i));
        }
        Loaded both = listening(many.toArray(String[]::new));
        assertThat(changes(both, both))
                .containsExactly("listen[256].tls.key: <secret> -> <secret>");
    }

    @Test
    void malformedQuestionIsRefused() {
        assertThatThrownBy(() -> SecretMarks.known("short", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SecretMarks.known(KEY, List.of("x")))
                .hasMessageContaining("malformed hash");
        assertThatThrownBy(() -> SecretMarks.known(KEY, Collections.nCopies(257, KEY)))
                .hasMessageContaining("256");
    }
}
