package dev.carve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.bench.stats.Spread;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final Spread THREE_PERCENT = new Spread(1.03);

    @Test
    void aRatioClearlyBelowTheBarIsMetAndOneAboveItMissed() {
        assertThat(Verdict.ofRatio(0.90, THREE_PERCENT, new Bar.AtMostTimes(0.95)))
                .isEqualTo(Verdict.MET);
        assertThat(Verdict.ofRatio(0.96, THREE_PERCENT, new Bar.AtMostTimes(0.95)))
                .isEqualTo(Verdict.MISSED);
        assertThat(Verdict.ofRatio(1.30, THREE_PERCENT, new Bar.AtMostTimes(1.25)))
                .isEqualTo(Verdict.MISSED);
    }

    @Test
    void aRatioInsideTheSpreadIsEqualWhereTheBarAdmitsTheReference() {
        assertThat(Verdict.ofRatio(1.02, THREE_PERCENT, new Bar.AtMostTimes(1.0)))
                .isEqualTo(Verdict.EQUAL);
        assertThat(Verdict.ofRatio(0.98, THREE_PERCENT, new Bar.AtLeastTimes(1.0)))
                .isEqualTo(Verdict.EQUAL);
        assertThat(Verdict.ofRatio(1.04, THREE_PERCENT, new Bar.AtMostTimes(1.0)))
                .isEqualTo(Verdict.MISSED);
    }

    @Test
    void anAdvantageInsideTheSpreadDoesNotMeetABarThatDemandsOne() {
        assertThat(Verdict.ofRatio(0.94, new Spread(1.10), new Bar.AtMostTimes(0.95)))
                .isEqualTo(Verdict.MISSED);
    }

    @Test
    void absoluteBarsAreJudgedByTheValue() {
        assertThat(Verdict.ofValue(160, new Bar.AtMost(160))).isEqualTo(Verdict.MET);
        assertThat(Verdict.ofValue(160.1, new Bar.AtMost(160))).isEqualTo(Verdict.MISSED);
        assertThat(Verdict.ofValue(100, new Bar.AtLeast(100))).isEqualTo(Verdict.MET);
        assertThat(Verdict.ofValue(99.9, new Bar.AtLeast(100))).isEqualTo(Verdict.MISSED);
        assertThatThrownBy(() -> Verdict.ofRatio(1, THREE_PERCENT, new Bar.AtMost(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
