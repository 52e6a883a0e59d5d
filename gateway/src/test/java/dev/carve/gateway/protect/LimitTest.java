package dev.carve.gateway.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.gateway.protect.Limit.Answer;
import dev.carve.gateway.protect.Limit.Refused;
import dev.carve.gateway.protect.Limit.Waiter;
import dev.carve.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitTest {

    private final ManualClock clock = new ManualClock();
    private final List<String> woken = new ArrayList<>();

    private Limit limit(int permits, int line) {
        return new Limit(new Limit.Rule(permits, line, Duration.ofSeconds(1)), clock);
    }

    private long in(Duration time) {
        return clock.nanos() + time.toNanos();
    }

    private Waiter await(Limit limit, String name) {
        Answer answer = limit.await(in(Duration.ofSeconds(10)), () -> woken.add(name));
        assertThat(answer).isInstanceOf(Waiter.class);
        return (Waiter) answer;
    }

    private static void fill(Limit limit) {
        int permits = limit.permits();
        for (int i = 0; i < permits; i++) {
            assertThat(limit.tryAcquire()).isTrue();
        }
        assertThat(limit.tryAcquire()).isFalse();
    }

    @Test
    void thePermitsAreCounted() {
        Limit limit = limit(3, 0);
        fill(limit);
        assertThat(limit.inFlight()).isEqualTo(3);
        limit.release();
        assertThat(limit.inFlight()).isEqualTo(2);
        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.tryAcquire()).isFalse();
    }

    @Test
    void aFreedPermitWakesTheOldest() {
        Limit limit = limit(2, 5);
        fill(limit);
        Waiter first = await(limit, "first");
        Waiter second = await(limit, "second");
        assertThat(limit.waiting()).isEqualTo(2);
        limit.release();
        assertThat(woken).containsExactly("first");
        assertThat(first.take()).isTrue();
        assertThat(first.take()).as("once").isFalse();
        assertThat(second.take()).isFalse();
        limit.release();
        assertThat(woken).containsExactly("first", "second");
        assertThat(second.take()).isTrue();
        assertThat(limit.inFlight()).isEqualTo(2);
        assertThat(limit.waiting()).isZero();
    }

    @Test
    void aNewCallDoesNotOvertakeTheLine() {
        Limit limit = limit(1, 5);
        fill(limit);
        Waiter first = await(limit, "first");
        assertThat(limit.tryAcquire()).isFalse();
        limit.release();
        assertThat(limit.tryAcquire()).isFalse();
        assertThat(first.take()).isTrue();
    }

    @Test
    void aFullLineRefusesAtOnceWithATime() {
        Limit limit = limit(1, 2);
        fill(limit);
        await(limit, "first");
        await(limit, "second");
        assertThat(limit.await(in(Duration.ofSeconds(10)), () -> {}))
                .isEqualTo(
                        new Refused("the waiting line is full", Duration.ofSeconds(1).toNanos()));
        assertThat(limit.refusals()).isEqualTo(1);
        assertThat(limit.waiting()).isEqualTo(2);
    }

    @Test
    void withoutALineAnybodyIsRefused() {
        Limit limit = limit(1, 0);
        fill(limit);
        assertThat(limit.await(in(Duration.ofSeconds(10)), () -> {})).isInstanceOf(Refused.class);
    }

    @Test
    void aPermitFreedMeanwhileIsGrantedWithoutWaiting() {
        Limit limit = limit(1, 5);
        assertThat(await(limit, "at once").take()).isTrue();
        assertThat(woken).containsExactly("at once");
        assertThat(limit.inFlight()).isEqualTo(1);
    }

    @Test
    void whoCannotBeServedInTimeIsRefused() {
        Limit limit = limit(2, 100);
        // Two permits, each held for 200 ms: ten calls a second.
        for (int i = 0; i < 100; i++) {
            fill(limit);
            limit.turn(clock.advance(Duration.ofMillis(200)).nanos());
            limit.release();
            limit.release();
        }
        fill(limit);
        limit.turn(clock.advance(Duration.ofMillis(200)).nanos());
        assertThat(limit.await(in(Duration.ofMillis(90)), () -> {}))
                .isEqualTo(
                        new Refused(
                                "the wait would be longer than the time left",
                                Duration.ofSeconds(1).toNanos()));
        assertThat(limit.await(in(Duration.ofMillis(115)), () -> {})).isInstanceOf(Waiter.class);
        assertThat(limit.await(in(Duration.ofMillis(115)), () -> {})).isInstanceOf(Refused.class);
        assertThat(limit.await(in(Duration.ofMillis(250)), () -> {})).isInstanceOf(Waiter.class);
    }

    @Test
    void aServiceThatReturnsNothingSoonMakesTheWaitTooLong() {
        Limit limit = limit(1, 100);
        fill(limit);
        limit.turn(clock.advance(Duration.ofMillis(100)).nanos());
        Answer answer = limit.await(in(Duration.ofSeconds(30)), () -> {});
        assertThat(answer)
                .isEqualTo(
                        new Refused(
                                "the wait would be longer than the time left",
                                Duration.ofMinutes(1).toNanos()));
    }

    @Test
    void anIdleLimitForgetsALongHold() {
        Limit limit = limit(1, 100);
        fill(limit);
        limit.turn(clock.advance(Duration.ofSeconds(10)).nanos());
        limit.release();
        for (int i = 0; i < 200; i++) {
            assertThat(limit.tryAcquire()).isTrue();
            limit.turn(clock.advance(Duration.ofMillis(100)).nanos());
            limit.release();
        }
        fill(limit);
        assertThat(limit.await(in(Duration.ofMillis(200)), () -> {})).isInstanceOf(Waiter.class);
    }

    @Test
    void theWaitEndsAtTheDeadlineOrTheLongestWait() {
        Limit limit = limit(1, 100);
        fill(limit);
        Waiter longest = await(limit, "longest");
        assertThat(longest.untilNanos()).isEqualTo(in(Duration.ofSeconds(1)));
        Answer shorter = limit.await(in(Duration.ofMillis(300)), () -> {});
        assertThat(((Waiter) shorter).untilNanos()).isEqualTo(in(Duration.ofMillis(300)));
    }

    @Test
    void whoIsLateGetsNoPermit() {
        Limit limit = limit(1, 100);
        fill(limit);
        Waiter late = (Waiter) limit.await(in(Duration.ofMillis(300)), () -> woken.add("late"));
        Waiter inTime = await(limit, "in time");
        clock.advance(Duration.ofMillis(300));
        limit.release();
        assertThat(woken).containsExactly("in time");
        assertThat(late.take()).isFalse();
        late.cancel();
        assertThat(inTime.take()).isTrue();
        assertThat(limit.inFlight()).isEqualTo(1);
        assertThat(limit.waiting()).isZero();
    }

    @Test
    void whoseWaitEndsIsCountedAsRefusedAndWhoLeavesIsNot() {
        Limit limit = limit(1, 2);
        fill(limit);
        await(limit, "first").expire();
        assertThat(limit.refusals()).isOne();
        await(limit, "second").cancel();
        assertThat(limit.refusals()).isOne();
        assertThat(limit.waiting()).isZero();
    }

    @Test
    void whoCancelsLeavesTheLine() {
        Limit limit = limit(1, 2);
        fill(limit);
        Waiter first = await(limit, "first");
        Waiter second = await(limit, "second");
        first.cancel();
        first.cancel();
        assertThat(limit.waiting()).isEqualTo(1);
        await(limit, "third");
        limit.release();
        assertThat(woken).containsExactly("second");
        assertThat(second.take()).isTrue();
    }

    @Test
    void aGrantThatIsCancelledGoesToTheNext() {
        Limit limit = limit(1, 2);
        fill(limit);
        Waiter first = await(limit, "first");
        Waiter second = await(limit, "second");
        limit.release();
        first.cancel();
        assertThat(first.take()).isFalse();
        assertThat(woken).containsExactly("first", "second");
        assertThat(second.take()).isTrue();
        assertThat(limit.inFlight()).isEqualTo(1);
    }

    @Test
    void whatWasTakenIsNotCancelled() {
        Limit limit = limit(1, 2);
        fill(limit);
        Waiter first = await(limit, "first");
        limit.release();
        assertThat(first.take()).isTrue();
        first.cancel();
        assertThat(limit.inFlight()).isEqualTo(1);
    }

    @Test
    void aLoopThatTakesNoWorkLosesItsPermitToTheNext() {
        Limit limit = limit(1, 2);
        fill(limit);
        Waiter gone =
                (Waiter)
                        limit.await(
                                in(Duration.ofSeconds(10)),
                                () -> {
                                    throw new IllegalStateException("loop has ended");
                                });
        Waiter second = await(limit, "second");
        limit.release();
        assertThat(gone.take()).isFalse();
        assertThat(second.take()).isTrue();
        assertThat(limit.inFlight()).isEqualTo(1);
    }

    @Test
    void aRaisedLimitWakesAsManyAsItGained() {
        Limit limit = limit(1, 5);
        fill(limit);
        for (String name : List.of("a", "b", "c")) {
            await(limit, name);
        }
        limit.resize(3);
        assertThat(woken).containsExactly("a", "b");
        assertThat(limit.inFlight()).isEqualTo(3);
    }

    @Test
    void aLoweredLimitLetsNobodyInUntilEnoughAreBack() {
        Limit limit = limit(3, 5);
        fill(limit);
        Waiter waiter = await(limit, "a");
        limit.resize(1);
        limit.release();
        limit.release();
        assertThat(woken).isEmpty();
        limit.release();
        assertThat(waiter.take()).isTrue();
        assertThat(limit.inFlight()).isEqualTo(1);
    }

    @Test
    void aPermitGivenBackTwiceIsFoundOut() {
        Limit limit = limit(2, 0);
        assertThat(limit.tryAcquire()).isTrue();
        limit.release();
        assertThatThrownBy(limit::release)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a permit was given back twice");
        assertThat(limit.inFlight()).isZero();
        fill(limit);
    }

    @Test
    void aRuleOutsideItsRangeNamesPlaceValueAndRange() {
        assertThatThrownBy(() -> limit(0, 0))
                .hasMessage("limit.requests: 0 (expected: 1 to 1000000)");
        assertThatThrownBy(() -> limit(1, 0).resize(0)).hasMessageStartingWith("limit.requests: 0");
    }
}
