package dev.carve.bench.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {

    private static Round back(double seconds, long requests) {
        return new Round(Round.Ending.ROLLED_BACK, seconds, requests, 1);
    }

    @Test
    void medianAndWorstStandBesideTheBars() {
        Row row = new Row(Trouble.ERRORS, List.of(back(1.5, 70), back(4.9, 240), back(1.2, 60)));
        assertThat(row.isMet()).isTrue();
        assertThat(row.text())
                .isEqualTo(
                        "30 % errors: rolled back in 3 of 3; seconds: median 1.50, worst 4.90 (bar"
                                + " 5); requests: median 70, worst 240 (bar 250); clients that saw a"
                                + " failure: 3 | met");
    }

    @Test
    void lateIsMetOnlyWithinTheRequests() {
        assertThat(new Row(Trouble.ERRORS, List.of(back(5.1, 250))).isMet()).isTrue();
        assertThat(new Row(Trouble.ERRORS, List.of(back(5.1, 251))).isMet()).isFalse();
    }

    @Test
    void whatTripsBeforeOrNeverIsNotMet() {
        Round before = new Round(Round.Ending.BEFORE, 0, 0, 0);
        Round never = new Round(Round.Ending.MISSED, 0, 0, 0);
        Row row = new Row(Trouble.SLOW, List.of(before, never));
        assertThat(row.isMet()).isFalse();
        assertThat(row.text())
                .isEqualTo(
                        "p95 doubled (all answers twice as slow): rolled back in 0 of 2; 1 rolled"
                                + " back before the break; 1 never | NOT MET");
    }
}
