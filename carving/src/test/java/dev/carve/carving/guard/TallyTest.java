package dev.carve.carving.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carve.carving.guard.Tally.Totals;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final long MILLI = 1_000_000;
    private final Tally tally = new Tally(2);

    @Test
    void loopsAddUpAndSidesStayApart() {
        tally.on(0).record(Side.OLD, Ending.ANSWERED, MILLI);
        tally.on(1).record(Side.OLD, Ending.SERVER_ERROR, MILLI);
        tally.on(1).record(Side.NEW, Ending.ANSWERED, MILLI);
        Totals totals = tally.totals();
        assertThat(totals.requests(Side.OLD)).isEqualTo(2);
        assertThat(totals.errors(Side.OLD)).isEqualTo(1);
        assertThat(totals.requests(Side.NEW)).isEqualTo(1);
        assertThat(totals.errors(Side.NEW)).isZero();
    }

    @Test
    void errorsAreWhateverKeptAClientFromTheSidesAnswer() {
        for (Ending each : Ending.values()) {
            tally.on(0).record(Side.NEW, each, MILLI);
        }
        assertThat(tally.totals().requests(Side.NEW)).isEqualTo(8);
        assertThat(tally.totals().errors(Side.NEW)).isEqualTo(6);
    }

    @Test
    void failingFastIsNotBeingFastButATimeOutIsSlow() {
        tally.on(0).record(Side.NEW, Ending.SERVER_ERROR, MILLI);
        tally.on(0).record(Side.NEW, Ending.CONNECT_FAILED, MILLI);
        assertThat(tally.totals().above(Side.NEW, 0)).isZero();
        tally.on(0).record(Side.NEW, Ending.TIMED_OUT, 1000 * MILLI);
        assertThat(tally.totals().above(Side.NEW, LatencyBuckets.bucketOf(999 * MILLI)))
                .isEqualTo(1);
    }

    @Test
    void intervalHoldsWhatCameInIt() {
        tally.on(0).record(Side.OLD, Ending.ANSWERED, MILLI);
        tally.compared(true);
        Totals before = tally.totals();
        tally.on(0).record(Side.OLD, Ending.ANSWERED, 3 * MILLI);
        tally.compared(false);
        Totals interval = tally.totals().since(before);
        assertThat(interval.requests(Side.OLD)).isEqualTo(1);
        assertThat(interval.above(Side.OLD, 0)).isEqualTo(1);
        assertThat(interval.above(Side.OLD, LatencyBuckets.bucketOf(2 * MILLI))).isEqualTo(1);
        assertThat(interval.compared()).isEqualTo(1);
        assertThat(interval.mismatches()).isZero();
    }

    @Test
    void quantilesLieWithinABucket() {
        for (int i = 1; i <= 1000; i++) {
            tally.on(0).record(Side.NEW, Ending.ANSWERED, i * MILLI);
        }
        Totals totals = tally.totals();
        assertThat((double) totals.quantileMicros(Side.NEW, 0.5)).isBetween(485_000.0, 515_000.0);
        assertThat((double) totals.quantileMicros(Side.NEW, 0.99)).isBetween(960_000.0, 1020_000.0);
        assertThat(totals.quantileMicros(Side.OLD, 0.5)).isZero();
    }
}
