package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ComparisonsTest {

    private final Comparisons comparisons = new Comparisons(2, 1, Comparing::new);

    @AfterEach
    void close() {
        comparisons.close();
    }

    @Test
    void theLastThatWasLeftIsUsedNext() {
        Observation one = comparisons.observation(0);
        Observation two = comparisons.observation(0);
        comparisons.unused(0, two);
        comparisons.unused(0, one);
        assertThat(comparisons.observation(0)).isSameAs(one);
        assertThat(comparisons.observation(0)).isSameAs(two);
        assertThat(comparisons.observation(0)).isNotSameAs(one).isNotSameAs(two);
    }

    @Test
    void oneThatIsLeftTwiceIsGivenOutOnce() {
        Observation one = comparisons.observation(0);
        comparisons.unused(0, one);
        comparisons.unused(0, one);
        assertThat(comparisons.observation(0)).isSameAs(one);
        assertThat(comparisons.observation(0)).isNotSameAs(one);
    }

    @Test
    void oneThatHadABodyIsNotUsedAgain() {
        Observation one = comparisons.observation(0);
        one.expectBody(true);
        comparisons.unused(0, one);
        assertThat(comparisons.observation(0)).isNotSameAs(one);
    }

    @Test
    void loopsShareNone() {
        Observation one = comparisons.observation(0);
        comparisons.unused(0, one);
        assertThat(comparisons.observation(1)).isNotSameAs(one);
    }
}
