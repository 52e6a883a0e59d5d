package dev.carve.carving.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GuardTest {

    private static final long HALF_SECOND = Duration.ofMillis(500).toNanos();
    private static final double MEDIAN_NANOS = 20e6;

    private final Tally tally = new Tally(1);
    private final SplittableRandom random = new SplittableRandom(42);
    private long now;
    private Guard guard = new Guard(Limits.DEFAULT, tally, now);

    // What happens in each half second.
    private int oldRequests = 25;
    private int newRequests = 25;
    private double oldErrors = 0.01;
    private double newErrors = 0.01;
    private double oldSlowness = 1;
    private double newSlowness = 1;
    private int compared = 25;
    private double mismatches;

    /** Lets so many seconds pass; answers the seconds until the guard rolled back. */
    private OptionalDouble pass(double seconds) {
        for (int i = 1; i <= seconds * 2; i++) {
            requests(Side.OLD, oldRequests, oldErrors, oldSlowness);
            requests(Side.NEW, newRequests, newErrors, newSlowness);
            for (int j = 0; j < compared; j++) {
                tally.compared(random.nextDouble() < mismatches);
            }
            now += HALF_SECOND;
            if (guard.turn(now).isPresent()) {
                return OptionalDouble.of(i / 2.0);
            }
        }
        return OptionalDouble.empty();
    }

    private void requests(Side side, int count, double errors, double slowness) {
        for (int i = 0; i < count; i++) {
            boolean error = random.nextDouble() < errors;
            double nanos = MEDIAN_NANOS * Math.exp(0.8 * random.nextGaussian()) * slowness;
            tally.on(0).record(side, error ? Ending.SERVER_ERROR : Ending.ANSWERED, (long) nanos);
        }
    }

    private Finding finding(Measure measure) {
        return guard.judgement().findings().stream()
                .filter(it -> it.measure() == measure)
                .findFirst()
                .orElseThrow();
    }

    private String rollBack() {
        return ((Advice.RollBack) guard.judgement().advice()).reason();
    }

    @Test
    void equalSidesPassInTheEnd() {
        assertThat(pass(600)).isEmpty();
        assertThat(guard.judgement().advice()).isEqualTo(new Advice.Pass());
        assertThat(guard.judgement().requests()).isEqualTo(600 * 2 * 25);
        for (Measure each : List.of(Measure.MISMATCHES, Measure.ERRORS, Measure.P95)) {
            assertThat(finding(each).verdict()).as(each.text()).isEqualTo(Verdict.SAME);
            assertThat(finding(each).confidence()).isEqualTo(0.95);
            assertThat(finding(each).text()).contains("same, 95 % sure");
        }
    }

    /** Lets time pass, whatever the guard says. */
    private void goOn(double seconds) {
        for (double passed = 0; passed < seconds; passed += 0.5) {
            pass(0.5);
        }
    }

    @Test
    void whatIsWorseStaysSoUntilItIsProvenGood() {
        mismatches = 0.05;
        assertThat(pass(30)).isPresent();
        goOn(60);
        assertThat(finding(Measure.MISMATCHES).verdict()).isEqualTo(Verdict.WORSE);

        mismatches = 0;
        goOn(10);
        assertThat(finding(Measure.MISMATCHES).verdict()).isEqualTo(Verdict.WORSE);
        goOn(600);
        assertThat(finding(Measure.MISMATCHES).verdict()).isEqualTo(Verdict.SAME);
        assertThat(guard.judgement().advice()).isEqualTo(new Advice.Pass());
    }

    @Test
    void sideThatWarmsUpIsLeftToItWhenLimitsChange() {
        pass(120);
        guard.begin(true, now);
        newSlowness = 10;
        assertThat(pass(30)).isEmpty();
        guard = guard.with(Limits.DEFAULT, now);
        assertThat(pass(55)).isEmpty();
        assertThat(pass(60)).isPresent();
    }

    @Test
    void sideWhoseClientsLeaveUnansweredIsSlow() {
        pass(120);
        newRequests = 0;
        double seconds = 0;
        while (guard.turn(now).isEmpty() && seconds < 30) {
            for (int i = 0; i < 25; i++) {
                tally.on(0).record(Side.NEW, Ending.LEFT, Duration.ofSeconds(5).toNanos());
            }
            pass(0.5);
            seconds += 0.5;
        }
        assertThat(seconds).isLessThan(15);
        assertThat(rollBack()).contains("p95");
    }

    @Test
    void sideThatTheGatewayMustSpareFails() {
        pass(120);
        newRequests = 0;
        double seconds = 0;
        while (guard.turn(now).isEmpty() && seconds < 30) {
            for (int i = 0; i < 25; i++) {
                tally.on(0).record(Side.NEW, Ending.HELD_BACK, 0);
            }
            pass(0.5);
            seconds += 0.5;
        }
        assertThat(seconds).isLessThan(15);
        assertThat(rollBack()).contains("errors");
    }

    @Test
    void withoutRequestsNothingPassesAndNothingIsWorse() {
        oldRequests = 0;
        newRequests = 0;
        compared = 0;
        assertThat(pass(3600)).isEmpty();
        assertHolds();
    }

    @Test
    void withoutTheNewSideNothingPassesAndNothingIsWorse() {
        newRequests = 0;
        compared = 0;
        oldErrors = 0.5;
        assertThat(pass(3600)).isEmpty();
        assertHolds();
    }

    private void assertHolds() {
        Advice advice = guard.judgement().advice();
        assertThat(advice).isInstanceOf(Advice.Hold.class);
        assertThat(((Advice.Hold) advice).reasons()).hasSize(3);
        assertThat(guard.judgement().findings())
                .allMatch(it -> it.verdict() == Verdict.NOT_ENOUGH && it.confidence() == 0);
    }

    @Test
    void holdSaysHowManyRequestsAreMissingAndTheyAreEnough() {
        pass(60);
        Finding errors = finding(Measure.ERRORS);
        assertThat(errors.verdict()).isEqualTo(Verdict.NOT_ENOUGH);
        long missing = errors.missing().orElseThrow();
        assertThat(errors.text()).contains("not enough, about " + missing + " requests missing");
        assertThat(missing).isBetween(500L, 50_000L);
        // An estimate for equal sides: three times as many are enough by any luck but the worst.
        pass(3.0 * missing / 50);
        assertThat(finding(Measure.ERRORS).verdict()).isEqualTo(Verdict.SAME);
        assertThat(finding(Measure.ERRORS).missing()).isEmpty();
    }

    @Test
    void errorsOfTheNewSideRollBack() {
        pass(100);
        newErrors = 0.3;
        assertThat(pass(5)).isNotEmpty();
        assertThat(rollBack())
                .startsWith("errors ")
                .contains("(limit +0.5%): worse, 99.999 % sure");
    }

    @Test
    void errorsOfBothSidesDoNot() {
        pass(100);
        oldErrors = 0.5;
        newErrors = 0.5;
        assertThat(pass(60)).isEmpty();
    }

    @Test
    void fewPointsAboveTheLimitAreFoundWithTime() {
        pass(100);
        newErrors = 0.03;
        assertThat(pass(300)).isNotEmpty();
        assertThat(finding(Measure.ERRORS).verdict()).isEqualTo(Verdict.WORSE);
    }

    @Test
    void withinTheLimitIsNotWorse() {
        newErrors = 0.013;
        assertThat(pass(1200)).isEmpty();
    }

    @Test
    void doubledLatencyRollsBack() {
        pass(100);
        newSlowness = 2;
        assertThat(pass(15)).isNotEmpty();
        assertThat(rollBack()).startsWith("p95 ").contains("(limit 1.20x): worse, 99.9 % sure");
    }

    @Test
    void latencyOfBothSidesDoesNot() {
        pass(100);
        oldSlowness = 5;
        newSlowness = 5;
        assertThat(pass(60)).isEmpty();
    }

    @Test
    void fasterAndMoreReliableIsBetter() {
        oldErrors = 0.05;
        newSlowness = 0.5;
        assertThat(pass(300)).isEmpty();
        assertThat(finding(Measure.ERRORS).verdict()).isEqualTo(Verdict.BETTER);
        assertThat(finding(Measure.P95).verdict()).isEqualTo(Verdict.BETTER);
        assertThat(guard.judgement().advice()).isEqualTo(new Advice.Pass());
    }

    @Test
    void coldNewSideMayBeSlow() {
        newRequests = 0;
        pass(30);
        guard.begin(true, now);
        newRequests = 25;
        newSlowness = 10;
        assertThat(pass(60)).isEmpty();
        assertThat(finding(Measure.P95).text()).contains("warming up");
        newSlowness = 1;
        assertThat(pass(300)).isEmpty();
        assertThat(finding(Measure.P95).verdict()).isEqualTo(Verdict.SAME);
    }

    @Test
    void warmingUpBeginsWithTheFirstRequest() {
        newRequests = 0;
        guard.begin(true, now);
        pass(300);
        newRequests = 25;
        newSlowness = 10;
        assertThat(pass(60)).isEmpty();
    }

    @Test
    void warmingUpEnds() {
        pass(30);
        guard.begin(true, now);
        newSlowness = 2;
        assertThat(pass(90)).isEmpty();
        assertThat(pass(20)).isNotEmpty();
    }

    @Test
    void coldNewSideMayNotFail() {
        guard.begin(true, now);
        newErrors = 0.3;
        assertThat(pass(5)).isNotEmpty();
    }

    @Test
    void laterStepIsNotCold() {
        pass(30);
        guard.begin(false, now);
        newSlowness = 2;
        assertThat(pass(15)).isNotEmpty();
    }

    @Test
    void stepBeginsWithoutEvidence() {
        pass(600);
        guard.begin(false, now);
        assertThat(guard.judgement().advice()).isInstanceOf(Advice.Hold.class);
        assertThat(guard.judgement().requests()).isZero();
        newErrors = 0.3;
        pass(10);
        guard.begin(false, now);
        newErrors = 0.01;
        assertThat(pass(60)).isEmpty();
    }

    @Test
    void worseStaysWorseUntilTheNextBeginning() {
        pass(100);
        newErrors = 0.3;
        pass(10);
        newErrors = 0;
        assertThat(pass(300)).isNotEmpty();
    }

    @Test
    void mismatchesRollBack() {
        pass(100);
        mismatches = 0.01;
        assertThat(pass(60)).isNotEmpty();
        assertThat(rollBack()).startsWith("mismatches ").contains("worse, 99.9 % sure");
    }

    @Test
    void mismatchesCountWithoutRequestsOfTheNewSide() {
        newRequests = 0;
        mismatches = 0.05;
        assertThat(pass(60)).isNotEmpty();
    }

    @Test
    void rareMismatchesDoNot() {
        mismatches = 0.0001;
        assertThat(pass(1200)).isEmpty();
    }

    @Test
    void whereTheOldSideIsNotAskedItsLastFiguresStandIn() {
        pass(200);
        guard.begin(false, now);
        oldRequests = 0;
        assertThat(pass(120)).isEmpty();
        assertThat(finding(Measure.ERRORS).verdict()).isEqualTo(Verdict.NOT_ENOUGH);
        newErrors = 0.3;
        assertThat(pass(10)).isNotEmpty();
    }

    @Test
    void quantilesWithoutALimitAreShownOnly() {
        guard =
                new Guard(
                        new Limits(
                                Optional.empty(),
                                Optional.of(new Share(0.005)),
                                OptionalDouble.empty(),
                                OptionalDouble.of(3),
                                OptionalDouble.of(50),
                                Duration.ZERO),
                        tally,
                        now);
        newSlowness = 4;
        pass(60);
        assertThat(finding(Measure.P50).verdict()).isEqualTo(Verdict.WORSE);
        assertThat(finding(Measure.P50).binding()).isFalse();
        assertThat(finding(Measure.P99).verdict()).isNotEqualTo(Verdict.WORSE);
        assertThat(rollBack()).startsWith("p95 ");
        assertThat(guard.judgement().findings())
                .noneMatch(it -> it.measure() == Measure.MISMATCHES);
    }

    @Test
    void constantLatencyIsJudgedToo() {
        OptionalDouble found = OptionalDouble.empty();
        for (int i = 0; i < 240 && found.isEmpty(); i++) {
            for (int j = 0; j < 25; j++) {
                tally.on(0).record(Side.OLD, Ending.ANSWERED, 5_000_000);
                tally.on(0).record(Side.NEW, Ending.ANSWERED, i < 120 ? 5_000_000 : 10_000_000);
            }
            now += HALF_SECOND;
            if (guard.turn(now).isPresent()) {
                found = OptionalDouble.of(i / 2.0);
            }
        }
        assertThat(found.orElseThrow()).isBetween(60.0, 75.0);
    }

    /** One more error of the new side never helps it, one more of the old side never harms it. */
    @Test
    void evidenceIsMonotone() {
        for (long seed = 0; seed < 20; seed++) {
            List<Long> missing = new ArrayList<>();
            for (double errors : new double[] {0, 0.01, 0.02}) {
                missing.add(missing(seed, errors, 0.02));
            }
            assertThat(missing).as("seed %d, errors of the new side", seed).isSorted();
        }
    }

    private static long missing(long seed, double newErrors, double oldErrors) {
        Tally tally = new Tally(1);
        Guard guard = new Guard(Limits.DEFAULT, tally, 0);
        // The same draws for each share, so that a larger one adds errors and takes none away.
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 1; i <= 40; i++) {
            for (int j = 0; j < 50; j++) {
                boolean old = random.nextDouble() < oldErrors;
                boolean fresh = random.nextDouble() < newErrors;
                tally.on(0).record(Side.OLD, old ? Ending.LOST : Ending.ANSWERED, 1_000_000);
                tally.on(0).record(Side.NEW, fresh ? Ending.LOST : Ending.ANSWERED, 1_000_000);
            }
            guard.turn(i * HALF_SECOND);
        }
        return guard.judgement().findings().stream()
                .filter(it -> it.measure() == Measure.ERRORS)
                .findFirst()
                .orElseThrow()
                .missing()
                .orElse(0);
    }

    @Test
    void limitsRefuseWhatCannotBe() {
        assertThatThrownBy(() -> limits(0, 1.2))
                .hasMessage("guard.errors: 0% (expected: more than 0%, at most 50%)");
        assertThatThrownBy(() -> limits(0.6, 1.2))
                .hasMessage("guard.errors: 60% (expected: more than 0%, at most 50%)");
        assertThatThrownBy(() -> limits(0.1, 0.9))
                .hasMessage("guard.p95: 0.9x (expected: 1x to 100x)");
    }

    private static Limits limits(double errors, double p95) {
        return new Limits(
                Optional.empty(),
                Optional.of(new Share(errors)),
                OptionalDouble.empty(),
                OptionalDouble.of(p95),
                OptionalDouble.empty(),
                Duration.ZERO);
    }
}
