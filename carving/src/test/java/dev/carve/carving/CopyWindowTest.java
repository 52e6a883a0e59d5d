package dev.carve.carving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CopyWindowTest {

    private static final int MOST = 1000;
    private static final long MILLI = 1_000_000;

    private final CopyWindow window = new CopyWindow();

    /** Begins as many as it lets; they stay under way. */
    private int begun(long now) {
        int begun = 0;
        while (window.closed(now) == null) {
            window.begin();
            begun++;
        }
        return begun;
    }

    private void answered(int times) {
        for (int i = 0; i < times; i++) {
            window.answered(MOST);
            window.end();
        }
    }

    private void failed(int times, long now) {
        for (int i = 0; i < times; i++) {
            window.failed(now);
            window.end();
        }
    }

    @Test
    void sideThatHangsGetsAHandfulOfCopies() {
        assertThat(begun(0)).isEqualTo(16);
        assertThat(window.closed(0)).isEqualTo(Skip.UNANSWERED);
    }

    @Test
    void eachAnswerMakesRoomForTwoUpToTheMost() {
        begun(0);
        answered(16);
        assertThat(begun(0)).isEqualTo(32);
        answered(32);
        for (int i = 0; i < MOST; i++) {
            window.begin();
            answered(1);
        }
        assertThat(begun(0)).isEqualTo(MOST);
    }

    @Test
    void sideThatRefusesRestsAndEachTimeForLonger() {
        begun(0);
        failed(16, 0);
        // The fourteenth in a row has come to the longest rest.
        assertThat(window.closed(6_399 * MILLI)).isEqualTo(Skip.UNREACHABLE);
        long now = 6_400 * MILLI;
        assertThat(begun(now)).isEqualTo(1);
        assertThat(window.closed(now)).isEqualTo(Skip.UNANSWERED);
        answered(1);
        assertThat(begun(now)).isEqualTo(2);
    }

    @Test
    void firstRestIsShortAndComesAfterThreeFailures() {
        begun(0);
        failed(2, 0);
        assertThat(window.closed(0)).isEqualTo(Skip.UNANSWERED);
        failed(1, 0);
        assertThat(window.closed(99 * MILLI)).isEqualTo(Skip.UNREACHABLE);
        failed(13, 0);
    }

    @Test
    void anAnswerAmongFailuresForgivesThem() {
        begun(0);
        failed(2, 0);
        answered(1);
        failed(2, 0);
        assertThat(window.closed(0)).isNotEqualTo(Skip.UNREACHABLE);
    }
}
