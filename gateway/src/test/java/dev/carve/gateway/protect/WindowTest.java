package dev.carve.gateway.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.gateway.protect.Window.Mark;
import dev.carve.runtime.Failure;
import dev.carve.runtime.Share;
import dev.carve.testkit.ManualClock;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WindowTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private final ManualClock clock = new ManualClock();
    private final Window window =
            new Window(new Window.Rule(Duration.ofSeconds(1), 5), 3, clock.nanos());

    private void turnAfter(Duration step) {
        window.turn(clock.advance(step).nanos());
    }

    @Test
    void outcomesOfAllLoopsAreSummed() {
        window.on(0).record(Outcome.ANSWERED, MILLI);
        window.on(2).record(Outcome.ANSWERED, MILLI);
        window.on(2).record(Outcome.TIMED_OUT, MILLI);
        window.on(1).record(Outcome.IGNORED, MILLI);
        turnAfter(Duration.ofMillis(100));
        assertThat(window.count(Outcome.ANSWERED)).isEqualTo(2);
        assertThat(window.count(Outcome.TIMED_OUT)).isEqualTo(1);
        assertThat(window.count(Outcome.IGNORED)).isEqualTo(1);
        assertThat(window.calls()).isEqualTo(3);
        assertThat(window.latencies()).isEqualTo(2);
    }

    @Test
    void nothingIsSeenBeforeControlTurns() {
        window.on(0).record(Outcome.ANSWERED, MILLI);
        assertThat(window.calls()).isZero();
    }

    @Test
    void whatIsOlderThanTheWindowLeavesIt() {
        window.on(0).record(Outcome.LOST, MILLI);
        turnAfter(Duration.ofMillis(500));
        for (int second = 1; second <= 4; second++) {
            turnAfter(Duration.ofSeconds(1));
            assertThat(window.count(Outcome.LOST)).as("after %d s", second).isEqualTo(1);
        }
        turnAfter(Duration.ofSeconds(1));
        assertThat(window.count(Outcome.LOST)).isZero();
    }

    @Test
    void aLateTurnForgetsWhatIsOldAndKeepsWhatIsNew() {
        window.on(0).record(Outcome.LOST, MILLI);
        turnAfter(Duration.ofMillis(100));
        window.on(0).record(Outcome.ANSWERED, MILLI);
        turnAfter(Duration.ofMinutes(3));
        assertThat(window.count(Outcome.LOST)).isZero();
        assertThat(window.count(Outcome.ANSWERED)).isEqualTo(1);
    }

    @Test
    void theWindowEqualsASimpleModelWhateverTheSteps() {
        long seed = 20_261_121;
        SplittableRandom random = new SplittableRandom(seed);
        long[] perSecond = new long[10_000];
        long millis = 0;
        for (int i = 0; i < 5_000; i++) {
            int calls = random.nextInt(4);
            for (int each = 0; each < calls; each++) {
                window.on(random.nextInt(3)).record(Outcome.ANSWERED, MILLI);
            }
            long step = random.nextInt(random.nextInt(20) == 0 ? 4_000 : 150);
            millis += step;
            turnAfter(Duration.ofMillis(step));
            int now = (int) (millis / 1000);
            perSecond[now] += calls;
            long expected = 0;
            for (int second = Math.max(0, now - 4); second <= now; second++) {
                expected += perSecond[second];
            }
            assertThat(window.calls()).as("seed %d, step %d", seed, i).isEqualTo(expected);
        }
    }

    @Test
    void aMarkHidesWhatWasBeforeIt() {
        window.on(0).record(Outcome.TIMED_OUT, MILLI);
        turnAfter(Duration.ofMillis(100));
        Mark mark = window.mark();
        window.on(0).record(Outcome.ANSWERED, 8 * MILLI);
        turnAfter(Duration.ofMillis(100));
        assertThat(window.count(Outcome.TIMED_OUT, mark)).isZero();
        assertThat(window.calls(mark)).isEqualTo(1);
        assertThat(window.meanNanos(mark)).isEqualTo(8 * MILLI);
        assertThat(window.calls()).isEqualTo(2);
    }

    @Test
    void anOldMarkHidesNoLessThanTheWindow() {
        Mark mark = window.mark();
        window.on(0).record(Outcome.ANSWERED, MILLI);
        turnAfter(Duration.ofMillis(100));
        turnAfter(Duration.ofSeconds(30));
        assertThat(window.calls(mark)).isZero();
    }

    @Test
    void slowAnswersAreToldApartOnlyWhereSet() {
        window.on(0).record(Outcome.ANSWERED, 900 * MILLI);
        window.slowAfter(500 * MILLI);
        window.on(0).record(Outcome.ANSWERED, 499 * MILLI);
        window.on(0).record(Outcome.ANSWERED, 500 * MILLI);
        window.on(0).record(Outcome.BAD_STATUS, 900 * MILLI);
        turnAfter(Duration.ofMillis(100));
        assertThat(window.count(Outcome.ANSWERED)).isEqualTo(2);
        assertThat(window.count(Outcome.SLOW)).isEqualTo(1);
        assertThat(window.count(Outcome.BAD_STATUS)).isEqualTo(1);
        assertThat(window.calls()).isEqualTo(4);
    }

    @Test
    void quantilesAreWithinAFifthOfTheTruth() {
        SplittableRandom random = new SplittableRandom(7);
        long[] nanos = new long[10_000];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = (long) (20 * MILLI * -Math.log(1 - random.nextDouble())) + 1000;
            window.on(i % 3).record(Outcome.ANSWERED, nanos[i]);
        }
        turnAfter(Duration.ofMillis(100));
        java.util.Arrays.sort(nanos);
        for (double share : new double[] {0.05, 0.5, 0.9, 0.95, 0.99}) {
            double truth = nanos[(int) (share * nanos.length)];
            assertThat((double) window.quantileNanos(new Share(share)))
                    .as("quantile %s", share)
                    .isBetween(truth * 0.8, truth * 1.2);
        }
    }

    @Test
    void absurdLatenciesHaveAPlace() {
        window.on(0).record(Outcome.ANSWERED, -5);
        window.on(0).record(Outcome.ANSWERED, 0);
        window.on(0).record(Outcome.ANSWERED, Duration.ofDays(10_000).toNanos());
        turnAfter(Duration.ofMillis(100));
        assertThat(window.latencies()).isEqualTo(3);
        assertThat(window.quantileNanos(new Share(1)))
                .isGreaterThanOrEqualTo(Duration.ofSeconds(67).toNanos());
    }

    @Test
    void anErrorIsACallWithoutALatencyHoweverFastOrSlow() {
        Mark start = window.mark();
        window.slowAfter(500 * MILLI);
        window.on(0).record(Outcome.ANSWERED, 100 * MILLI);
        window.on(0).record(Outcome.ERROR_STATUS, MILLI);
        window.on(0).record(Outcome.BAD_STATUS, MILLI);
        window.on(0).record(Outcome.ERROR_STATUS, 500 * MILLI);
        turnAfter(Duration.ofMillis(100));
        assertThat(window.calls()).isEqualTo(4);
        assertThat(window.count(Outcome.ERROR_STATUS)).isEqualTo(1);
        assertThat(window.count(Outcome.SLOW)).isEqualTo(1);
        assertThat(window.latencies()).isEqualTo(1);
        assertThat(window.meanNanos(start)).isEqualTo(100 * MILLI);
    }

    @Test
    void anAnswerToARequestThatWasNotWholeIsACallWithoutALatencyAndNotSlow() {
        window.slowAfter(MILLI);
        window.on(0).record(Outcome.ANSWERED, Window.NO_LATENCY);
        turnAfter(Duration.ofMillis(100));
        assertThat(window.count(Outcome.ANSWERED)).isEqualTo(1);
        assertThat(window.latencies()).isZero();
    }

    @Test
    void aGivenUpAttemptIsALatencyButNoCall() {
        window.on(0).gaveUp(5 * MILLI);
        turnAfter(Duration.ofMillis(100));
        assertThat(window.calls()).isZero();
        assertThat(window.latencies()).isEqualTo(1);
    }

    @Test
    void healthChecksAreNeitherCallsNorLatencies() {
        Mark start = window.mark();
        window.checked(false);
        window.checked(true);
        turnAfter(Duration.ofMillis(100));
        assertThat(window.count(Outcome.CHECK_FAILED)).isEqualTo(1);
        assertThat(window.count(Outcome.CHECK_PASSED)).isEqualTo(1);
        assertThat(window.checks(start)).isEqualTo(2);
        assertThat(window.calls()).isZero();
        assertThat(window.latencies()).isZero();
    }

    @Test
    void aDeadlineThatTheClientShortenedSaysNothing() {
        assertThat(Outcome.of(Failure.Kind.DEADLINE_EXCEEDED, true)).isEqualTo(Outcome.IGNORED);
        assertThat(Outcome.of(Failure.Kind.DEADLINE_EXCEEDED, false)).isEqualTo(Outcome.TIMED_OUT);
        assertThat(Outcome.of(Failure.Kind.CLIENT_ABORTED, false)).isEqualTo(Outcome.IGNORED);
        assertThat(Outcome.of(Failure.Kind.CONNECT_REFUSED, true))
                .isEqualTo(Outcome.CONNECT_FAILED);
    }

    @Test
    void aRuleOutsideItsRangeNamesPlaceValueAndRange() {
        assertThatThrownBy(() -> new Window.Rule(Duration.ofSeconds(1), 61))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("window.buckets: 61 (expected: 1 to 60)");
    }
}
