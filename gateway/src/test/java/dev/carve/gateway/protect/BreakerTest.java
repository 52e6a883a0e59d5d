package dev.carve.gateway.protect;

import static dev.carve.gateway.protect.Breaker.State.CLOSED;
import static dev.carve.gateway.protect.Breaker.State.HALF_OPEN;
import static dev.carve.gateway.protect.Breaker.State.OPEN;
import static dev.carve.gateway.protect.Breaker.State.RAMPING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.gateway.protect.Breaker.Change;
import dev.carve.runtime.Share;
import dev.carve.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Breaker.Rule RULE =
            new Breaker.Rule(
                    new Share(0.5),
                    10,
                    Breaker.Rule.FAILURES,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(15),
                    3,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(10),
                    new Share(0.1));

    private final ManualClock clock = new ManualClock();
    private final Window window = new Window(Window.Rule.DEFAULT, 4, clock.nanos());
    private final SplittableRandom random = new SplittableRandom(42);
    private Breaker breaker = new Breaker(RULE, window, clock.nanos());

    private @Nullable Change turn(Duration step) {
        clock.advance(step);
        window.turn(clock.nanos());
        return breaker.turn(clock.nanos());
    }

    private long admit() {
        return breaker.admit(clock.nanos(), random.nextInt());
    }

    /** A call whose client is still sending. */
    private long sending() {
        long ticket = admit();
        assertThat(Breaker.isRefusal(ticket)).isFalse();
        return ticket;
    }

    private long admitted() {
        return breaker.sent(sending(), clock.nanos());
    }

    private void end(long ticket, Outcome outcome) {
        breaker.ended(window.on(0), ticket, outcome, MILLI);
    }

    private void calls(int count, Outcome outcome) {
        for (int i = 0; i < count; i++) {
            end(admitted(), outcome);
        }
    }

    private void checks(int count, boolean passed) {
        for (int i = 0; i < count; i++) {
            window.checked(passed);
        }
    }

    private void trip() {
        calls(10, Outcome.CONNECT_FAILED);
        turn(TICK);
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    private void halfOpen() {
        trip();
        turn(RULE.open());
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
    }

    private void ramping() {
        halfOpen();
        calls(3, Outcome.ANSWERED);
        turn(TICK);
        assertThat(breaker.state()).isEqualTo(RAMPING);
    }

    private long heldBack() {
        return breaker.heldBackNanos(clock.nanos(), 0);
    }

    // Closed.

    @Test
    void closedTripsAtTheShareOfEnoughCalls() {
        calls(5, Outcome.ANSWERED);
        calls(5, Outcome.TIMED_OUT);
        assertThat(turn(TICK))
                .isEqualTo(new Change(CLOSED, OPEN, "5 of 10 calls failed (5 timed_out)"));
        assertThat(breaker.reason()).isEqualTo("5 of 10 calls failed (5 timed_out)");
        assertThat(breaker.sinceNanos()).isEqualTo(clock.nanos());
        assertThat(breaker.trips()).isEqualTo(1);
    }

    @Test
    void whoAsksWhetherItWouldBeHeldBackTakesNoProbe() {
        assertThat(heldBack()).isZero();
        trip();
        assertThat(heldBack()).isEqualTo(RULE.open().toNanos());
        turn(RULE.open());
        for (int i = 0; i < RULE.probes(); i++) {
            assertThat(heldBack()).isZero();
            assertThat(heldBack()).isZero();
            admitted();
        }
        assertThat(heldBack()).isPositive();
    }

    @Test
    void closedStaysBelowTheShare() {
        calls(51, Outcome.ANSWERED);
        calls(49, Outcome.TIMED_OUT);
        assertThat(turn(TICK)).isNull();
        assertThat(breaker.state()).isEqualTo(CLOSED);
    }

    @Test
    void closedStaysWhileThereAreTooFewCalls() {
        calls(9, Outcome.CONNECT_FAILED);
        assertThat(turn(TICK)).isNull();
        calls(1, Outcome.CONNECT_FAILED);
        assertThat(turn(TICK)).isNotNull();
    }

    @Test
    void closedForgetsFailuresThatLeftTheWindow() {
        calls(9, Outcome.CONNECT_FAILED);
        turn(TICK);
        turn(Duration.ofSeconds(10));
        calls(9, Outcome.CONNECT_FAILED);
        assertThat(turn(TICK)).isNull();
    }

    @Test
    void statusesSlowAnswersAndIgnoredCallsTripNothingUnlessSet() {
        window.slowAfter(MILLI);
        calls(50, Outcome.BAD_STATUS);
        calls(50, Outcome.ANSWERED);
        calls(50, Outcome.IGNORED);
        assertThat(turn(TICK)).isNull();
    }

    @Test
    void statusesAndSlowAnswersTripWhereSet() {
        Set<Outcome> failures = EnumSet.of(Outcome.SLOW, Outcome.BAD_STATUS);
        breaker = new Breaker(withFailures(failures), window, clock.nanos());
        window.slowAfter(MILLI);
        calls(5, Outcome.BAD_STATUS);
        calls(5, Outcome.ANSWERED);
        assertThat(turn(TICK))
                .isEqualTo(
                        new Change(CLOSED, OPEN, "10 of 10 calls failed (5 slow, 5 bad_status)"));
    }

    @Test
    void failedHealthChecksAloneTrip() {
        checks(10, false);
        assertThat(turn(TICK))
                .isEqualTo(
                        new Change(
                                CLOSED,
                                OPEN,
                                "10 of 10 calls and checks failed (10 check_failed)"));
    }

    @Test
    void passingHealthChecksHideNoFailingCalls() {
        checks(200, true);
        checks(1, false);
        calls(5, Outcome.ANSWERED);
        calls(5, Outcome.LOST);
        assertThat(turn(TICK)).isEqualTo(new Change(CLOSED, OPEN, "5 of 10 calls failed (5 lost)"));
    }

    @Test
    void failedHealthChecksAddToTooFewCalls() {
        checks(7, false);
        calls(1, Outcome.ANSWERED);
        calls(2, Outcome.LOST);
        assertThat(turn(TICK))
                .isEqualTo(
                        new Change(
                                CLOSED,
                                OPEN,
                                "9 of 10 calls and checks failed (2 lost, 7 check_failed)"));
    }

    @Test
    void healthChecksThatPassTripNothingWhileCallsAreTooFew() {
        checks(20, true);
        calls(9, Outcome.LOST);
        assertThat(turn(TICK)).isNull();
    }

    // Open.

    @Test
    void openRefusesAtOnceWithTheTimeUntilTheNextProbe() {
        trip();
        clock.advance(Duration.ofSeconds(2));
        long refusal = admit();
        assertThat(Breaker.isRefusal(refusal)).isTrue();
        assertThat(Breaker.waitNanos(refusal)).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void openRefusesEvenPastItsTimeUntilControlTurns() {
        trip();
        clock.advance(Duration.ofSeconds(60));
        assertThat(Breaker.waitNanos(admit())).isEqualTo(1);
    }

    @Test
    void openStaysUntilItsTimeIsOver() {
        trip();
        assertThat(turn(RULE.open().minusNanos(1))).isNull();
        assertThat(turn(Duration.ofNanos(1)))
                .isEqualTo(new Change(OPEN, HALF_OPEN, "the open time is over"));
    }

    @Test
    void openHearsNothingOfCallsThatBeganBefore() {
        long straggler = admitted();
        trip();
        end(straggler, Outcome.ANSWERED);
        assertThat(turn(TICK)).isNull();
        assertThat(breaker.state()).isEqualTo(OPEN);
    }

    // Half-open.

    @Test
    void halfOpenLetsExactlyTheProbesThrough() {
        halfOpen();
        List<Long> tickets = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tickets.add(admitted());
        }
        assertThat(Breaker.isRefusal(admit())).isTrue();
        tickets.forEach(each -> end(each, Outcome.ANSWERED));
        assertThat(Breaker.isRefusal(admit())).isTrue();
    }

    @Test
    void halfOpenWaitsForAllProbes() {
        halfOpen();
        calls(2, Outcome.ANSWERED);
        assertThat(turn(TICK)).isNull();
        calls(1, Outcome.ANSWERED);
        assertThat(turn(TICK)).isEqualTo(new Change(HALF_OPEN, RAMPING, "3 probes succeeded"));
    }

    @Test
    void halfOpenWithoutTrafficWaits() {
        halfOpen();
        assertThat(turn(Duration.ofHours(1))).isNull();
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void oneFailedProbeOpensAgain() {
        halfOpen();
        long other = admitted();
        calls(1, Outcome.TIMED_OUT);
        end(other, Outcome.ANSWERED);
        assertThat(turn(TICK)).isEqualTo(new Change(HALF_OPEN, OPEN, "a probe failed (timed_out)"));
    }

    @Test
    void aSlowProbeFailsWhereSlowIsSet() {
        Set<Outcome> failures = EnumSet.of(Outcome.CONNECT_FAILED, Outcome.SLOW);
        breaker = new Breaker(withFailures(failures), window, clock.nanos());
        halfOpen();
        window.slowAfter(MILLI);
        calls(1, Outcome.ANSWERED);
        assertThat(turn(TICK)).isEqualTo(new Change(HALF_OPEN, OPEN, "a probe failed (slow)"));
    }

    @Test
    void aProbeThatSaysNothingIsGivenAgain() {
        halfOpen();
        calls(20, Outcome.IGNORED);
        assertThat(turn(TICK)).isNull();
        calls(3, Outcome.ANSWERED);
        assertThat(turn(TICK)).isNotNull();
        assertThat(breaker.state()).isEqualTo(RAMPING);
    }

    @Test
    void aProbeThatDoesNotEndOpensAgain() {
        halfOpen();
        admitted();
        assertThat(turn(RULE.probeTimeout().minusNanos(1))).isNull();
        assertThat(turn(Duration.ofNanos(1)))
                .isEqualTo(new Change(HALF_OPEN, OPEN, "a probe did not end in time"));
    }

    @Test
    void aProbesTimeBeginsWhenTheServiceHasItsRequest() {
        halfOpen();
        long probe = sending();
        turn(RULE.probeTimeout().minusNanos(1));
        breaker.sent(probe, clock.nanos());
        assertThat(turn(RULE.probeTimeout().minusNanos(1))).isNull();
        assertThat(turn(Duration.ofNanos(1)))
                .isEqualTo(new Change(HALF_OPEN, OPEN, "a probe did not end in time"));
    }

    private List<Long> halfOpenWithProbesThatAreStillSent() {
        halfOpen();
        List<Long> tickets = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tickets.add(sending());
        }
        return tickets;
    }

    @Test
    void probesWhoseClientsAreStillSendingAreGivenToOthersAfterTheirTime() {
        halfOpenWithProbesThatAreStillSent();
        turn(RULE.probeTimeout().minusNanos(1));
        assertThat(Breaker.isRefusal(admit())).isTrue();
        assertThat(turn(Duration.ofNanos(1))).isNull();
        calls(3, Outcome.ANSWERED);
        assertThat(turn(TICK)).isEqualTo(new Change(HALF_OPEN, RAMPING, "3 probes succeeded"));
    }

    @Test
    void aProbeThatWasGivenToAnotherStillCounts() {
        List<Long> tickets = halfOpenWithProbesThatAreStillSent();
        turn(RULE.probeTimeout());
        tickets.forEach(each -> end(breaker.sent(each, clock.nanos()), Outcome.ANSWERED));
        assertThat(turn(TICK)).isEqualTo(new Change(HALF_OPEN, RAMPING, "3 probes succeeded"));

        breaker = new Breaker(RULE, window, clock.nanos());
        turn(Duration.ofSeconds(20)); // Nothing of what was before is left.
        tickets = halfOpenWithProbesThatAreStillSent();
        turn(RULE.probeTimeout());
        end(tickets.getFirst(), Outcome.LOST);
        assertThat(turn(TICK)).isEqualTo(new Change(HALF_OPEN, OPEN, "a probe failed (lost)"));
    }

    @Test
    void probesThatWereGivenToOthersMakeNoMoreOfThem() {
        List<Long> tickets = halfOpenWithProbesThatAreStillSent();
        turn(RULE.probeTimeout());
        tickets.forEach(each -> end(each, Outcome.IGNORED));
        for (int i = 0; i < 3; i++) {
            admitted();
        }
        assertThat(Breaker.isRefusal(admit())).isTrue();
    }

    @Test
    void aProbeOfAnEarlierTimeDoesNotCountInALaterOne() {
        halfOpen();
        long lost = admitted();
        turn(RULE.probeTimeout());
        assertThat(breaker.state()).isEqualTo(OPEN);
        turn(Duration.ofSeconds(10));
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
        end(lost, Outcome.TIMED_OUT);
        assertThat(turn(TICK)).isNull();
        calls(3, Outcome.ANSWERED);
        assertThat(turn(TICK)).isNotNull();
        assertThat(breaker.state()).isEqualTo(RAMPING);
    }

    @Test
    void aCallThatHungInTheOutageDoesNotCountAsAProbe() {
        long straggler = admitted();
        halfOpen();
        end(straggler, Outcome.TIMED_OUT);
        assertThat(turn(TICK)).isNull();
        assertThat(breaker.state()).isEqualTo(HALF_OPEN);
    }

    @Test
    void theOpenTimeDoublesWhileProbesFailUpToItsBound() {
        halfOpen();
        for (int seconds : new int[] {10, 15, 15}) {
            calls(1, Outcome.TIMED_OUT);
            turn(TICK);
            assertThat(breaker.state()).isEqualTo(OPEN);
            assertThat(Breaker.waitNanos(admit())).isEqualTo(Duration.ofSeconds(seconds).toNanos());
            turn(Duration.ofSeconds(seconds));
            assertThat(breaker.state()).isEqualTo(HALF_OPEN);
        }
    }

    @Test
    void probesAreExactAmongThreads() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 200; round++) {
                breaker = new Breaker(RULE, window, clock.nanos());
                turn(Duration.ofSeconds(20)); // Nothing of the round before is left.
                halfOpen();
                CyclicBarrier start = new CyclicBarrier(4);
                List<Future<List<Long>>> results = new ArrayList<>();
                for (int thread = 0; thread < 4; thread++) {
                    Window.PerLoop part = window.on(thread);
                    results.add(threads.submit(() -> askMany(start, part)));
                }
                List<Long> probes = new ArrayList<>();
                for (Future<List<Long>> each : results) {
                    probes.addAll(each.get());
                }
                assertThat(probes).as("round %d", round).hasSize(3);
                probes.forEach(each -> end(each, Outcome.ANSWERED));
                turn(TICK);
                assertThat(breaker.state()).isEqualTo(RAMPING);
            }
        }
    }

    /** Asks often, giving every other probe back; the tickets kept. */
    private List<Long> askMany(CyclicBarrier start, Window.PerLoop part) throws Exception {
        List<Long> kept = new ArrayList<>();
        boolean back = true;
        start.await();
        for (int i = 0; i < 500; i++) {
            long ticket = breaker.admit(clock.nanos(), i);
            if (!Breaker.isRefusal(ticket)) {
                if (back) {
                    breaker.ended(part, ticket, Outcome.IGNORED, 0);
                } else {
                    kept.add(ticket);
                }
                back = !back;
            }
        }
        // What was given back last is there again for the one who asks last.
        long ticket = breaker.admit(clock.nanos(), 0);
        while (!Breaker.isRefusal(ticket)) {
            kept.add(ticket);
            ticket = breaker.admit(clock.nanos(), 0);
        }
        return kept;
    }

    @Test
    void oneProbeAtATimeIsOneAtATimeAmongThreads() throws Exception {
        Breaker.Rule rule = withProbes(1);
        breaker = new Breaker(rule, window, clock.nanos());
        halfOpen();
        AtomicInteger out = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(3);
        List<Future<Integer>> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            for (int thread = 0; thread < 3; thread++) {
                Window.PerLoop part = window.on(thread);
                results.add(threads.submit(() -> mostAtOnce(start, part, out)));
            }
        }
        for (Future<Integer> each : results) {
            assertThat(each.get()).isLessThanOrEqualTo(1);
        }
        assertThat(Breaker.isRefusal(admit())).as("the last was given back").isFalse();
    }

    /** Takes probes and gives them back; how many were out at once at most. */
    private int mostAtOnce(CyclicBarrier start, Window.PerLoop part, AtomicInteger out)
            throws Exception {
        int most = 0;
        start.await();
        for (int i = 0; i < 200_000; i++) {
            long ticket = breaker.admit(clock.nanos(), i);
            if (!Breaker.isRefusal(ticket)) {
                most = Math.max(most, out.incrementAndGet());
                out.decrementAndGet();
                breaker.ended(part, ticket, Outcome.IGNORED, 0);
            }
        }
        return most;
    }

    // Ramping.

    @Test
    void theRampLetsAGrowingShareThrough() {
        ramping();
        assertThat(shareAdmitted()).isBetween(0.08, 0.12);
        clock.advance(Duration.ofSeconds(5));
        assertThat(shareAdmitted()).isBetween(0.52, 0.58);
        clock.advance(Duration.ofSeconds(5));
        assertThat(shareAdmitted()).isEqualTo(1);
    }

    private double shareAdmitted() {
        int admitted = 0;
        for (int i = 0; i < 10_000; i++) {
            admitted += Breaker.isRefusal(admit()) ? 0 : 1;
        }
        return admitted / 10_000.0;
    }

    @Test
    void aRefusalInTheRampNamesTheTimeUntilItsEnd() {
        ramping();
        clock.advance(Duration.ofSeconds(4));
        long refusal = breaker.admit(clock.nanos(), Integer.MAX_VALUE);
        assertThat(Breaker.waitNanos(refusal)).isEqualTo(Duration.ofSeconds(6).toNanos());
    }

    @Test
    void theRampEndsInClosed() {
        ramping();
        assertThat(turn(RULE.ramp().minusNanos(1))).isNull();
        assertThat(turn(Duration.ofNanos(1))).isEqualTo(new Change(RAMPING, CLOSED, "recovered"));
        assertThat(shareAdmitted()).isEqualTo(1);
    }

    @Test
    void theRampIgnoresFailuresOfBeforeTheOpening() {
        breaker = new Breaker(withOpen(Duration.ofSeconds(1)), window, clock.nanos());
        calls(500, Outcome.CONNECT_FAILED);
        turn(TICK);
        turn(Duration.ofSeconds(1));
        calls(3, Outcome.ANSWERED);
        turn(TICK);
        assertThat(breaker.state()).isEqualTo(RAMPING);
        assertThat(window.count(Outcome.CONNECT_FAILED)).isEqualTo(500);
        assertThat(turn(TICK)).isNull();
        assertThat(turn(TICK)).isNull();
    }

    @Test
    void theRampIgnoresCallsThatHungInTheOutage() {
        List<Long> stragglers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            stragglers.add(admitted());
        }
        ramping();
        stragglers.forEach(each -> end(each, Outcome.TIMED_OUT));
        assertThat(turn(TICK)).isNull();
        assertThat(breaker.state()).isEqualTo(RAMPING);
    }

    @Test
    void failuresInTheRampOpenAgainForLonger() {
        ramping();
        for (int i = 0; i < 10; i++) {
            end(breaker.admit(clock.nanos(), 0), Outcome.LOST);
        }
        Change change = turn(TICK);
        assertThat(change).isEqualTo(new Change(RAMPING, OPEN, "10 of 10 calls failed (10 lost)"));
        assertThat(Breaker.waitNanos(admit())).isEqualTo(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void tooFewFailuresInTheRampChangeNothing() {
        ramping();
        for (int i = 0; i < 9; i++) {
            end(breaker.admit(clock.nanos(), 0), Outcome.LOST);
        }
        assertThat(turn(TICK)).isNull();
    }

    @Test
    void withoutARampProbesClose() {
        breaker = new Breaker(withRamp(Duration.ZERO), window, clock.nanos());
        halfOpen();
        calls(3, Outcome.ANSWERED);
        assertThat(turn(TICK)).isEqualTo(new Change(HALF_OPEN, CLOSED, "recovered"));
    }

    @Test
    void afterClosingTheOpenTimeStartsSmallAgain() {
        halfOpen();
        calls(1, Outcome.TIMED_OUT);
        turn(TICK);
        turn(Duration.ofSeconds(10));
        calls(3, Outcome.ANSWERED);
        turn(TICK);
        turn(RULE.ramp());
        assertThat(breaker.state()).isEqualTo(CLOSED);
        trip();
        assertThat(Breaker.waitNanos(admit())).isEqualTo(RULE.open().toNanos());
    }

    @Test
    void aRuleThatCountsAnswersAsFailuresIsRefused() {
        assertThatThrownBy(() -> withFailures(Set.of(Outcome.ANSWERED)))
                .hasMessageContaining("breaker.failures: [ANSWERED] (expected:");
        assertThatThrownBy(() -> withFailures(Set.of())).hasMessageContaining("at least one");
        assertThatThrownBy(() -> withOpen(Duration.ofHours(2)))
                .hasMessageContaining("breaker.open: PT2H (expected:");
    }

    private static Breaker.Rule withFailures(Set<Outcome> failures) {
        return rule(failures, RULE.open(), RULE.probes(), RULE.ramp());
    }

    private static Breaker.Rule withOpen(Duration open) {
        return rule(RULE.failures(), open, RULE.probes(), RULE.ramp());
    }

    private static Breaker.Rule withRamp(Duration ramp) {
        return rule(RULE.failures(), RULE.open(), RULE.probes(), ramp);
    }

    private static Breaker.Rule withProbes(int probes) {
        return rule(RULE.failures(), RULE.open(), probes, RULE.ramp());
    }

    private static Breaker.Rule rule(
            Set<Outcome> failures, Duration open, int probes, Duration ramp) {
        return new Breaker.Rule(
                RULE.share(),
                RULE.leastCalls(),
                failures,
                open,
                RULE.openMax(),
                probes,
                RULE.probeTimeout(),
                ramp,
                RULE.rampFrom());
    }
}
