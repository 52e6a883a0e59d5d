package dev.carve.gateway.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.gateway.protect.Ejection.Change;
import dev.carve.gateway.protect.Ejection.Member;
import dev.carve.runtime.Share;
import dev.carve.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EjectionTest {

    private static final Ejection.Rule RULE =
            new Ejection.Rule(
                    3,
                    4,
                    5,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(35),
                    Duration.ofSeconds(60),
                    new Share(0.5));

    private final ManualClock clock = new ManualClock();
    private final Ejection ejection = new Ejection(RULE);
    private final List<Member> members = new ArrayList<>();

    private void join(int count) {
        for (int i = 0; i < count; i++) {
            members.add(ejection.join("instance " + i, clock.nanos()));
        }
    }

    private List<Change> turn(Duration step) {
        return ejection.turn(clock.advance(step).nanos());
    }

    private List<Change> turn() {
        return turn(Duration.ofMillis(100));
    }

    private static boolean end(Member member, Outcome... outcomes) {
        boolean now = false;
        for (Outcome each : outcomes) {
            now |= member.ended(member.epoch(), each);
        }
        return now;
    }

    private static boolean fail(Member member, int times, Outcome outcome) {
        boolean now = false;
        for (int i = 0; i < times; i++) {
            now |= end(member, outcome);
        }
        return now;
    }

    @Test
    void connectFailuresInARowEjectAndAreReportedAtOnce() {
        join(4);
        Member bad = members.get(1);
        assertThat(fail(bad, 2, Outcome.CONNECT_FAILED)).isFalse();
        assertThat(turn()).isEmpty();
        assertThat(end(bad, Outcome.CONNECT_FAILED)).isTrue();
        assertThat(end(bad, Outcome.CONNECT_FAILED)).as("said once").isFalse();
        assertThat(turn()).containsExactly(new Change(bad, true, "3 connect failures in a row"));
        assertThat(bad.isEjected()).isTrue();
        assertThat(bad.reason()).isEqualTo("3 connect failures in a row");
        assertThat(bad.untilNanos() - bad.sinceNanos()).isEqualTo(RULE.base().toNanos());
    }

    @Test
    void timeoutsAndLostConnectionsMakeOneRun() {
        join(3);
        end(members.get(0), Outcome.TIMED_OUT, Outcome.LOST, Outcome.TIMED_OUT);
        assertThat(turn()).isEmpty();
        end(members.get(0), Outcome.LOST);
        assertThat(turn())
                .extracting(Change::reason)
                .containsExactly("4 time-outs or lost connections in a row");
    }

    @Test
    void anAnswerEndsEachRun() {
        join(3);
        Member member = members.get(0);
        for (int i = 0; i < 10; i++) {
            fail(member, 2, Outcome.CONNECT_FAILED);
            fail(member, 3, Outcome.TIMED_OUT);
            fail(member, 4, Outcome.BAD_STATUS);
            end(member, Outcome.ANSWERED);
            assertThat(turn()).isEmpty();
        }
    }

    @Test
    void aBadStatusIsAnAnswerAndEndsTheOtherRuns() {
        join(3);
        Member member = members.get(0);
        fail(member, 2, Outcome.CONNECT_FAILED);
        end(member, Outcome.BAD_STATUS);
        end(member, Outcome.CONNECT_FAILED);
        assertThat(turn()).isEmpty();
    }

    @Test
    void whatSaysNothingNeitherCountsNorEndsARun() {
        join(3);
        Member member = members.get(0);
        fail(member, 2, Outcome.CONNECT_FAILED);
        fail(member, 50, Outcome.IGNORED);
        assertThat(turn()).isEmpty();
        end(member, Outcome.CONNECT_FAILED);
        assertThat(turn()).hasSize(1);
    }

    @Test
    void statusesCountOnlyWhereSet() {
        Ejection.Rule rule = Ejection.Rule.DEFAULT;
        Ejection without = new Ejection(rule);
        Member member = without.join("a", clock.nanos());
        without.join("b", clock.nanos());
        fail(member, 100, Outcome.BAD_STATUS);
        assertThat(without.turn(clock.nanos())).isEmpty();
    }

    @Test
    void itReturnsAfterItsTimeWithNoRunLeft() {
        join(3);
        Member bad = members.get(0);
        fail(bad, 3, Outcome.CONNECT_FAILED);
        turn();
        assertThat(turn(RULE.base().minusNanos(1))).isEmpty();
        assertThat(turn(Duration.ofNanos(1)))
                .containsExactly(new Change(bad, false, "its time is over"));
        fail(bad, 2, Outcome.CONNECT_FAILED);
        assertThat(turn()).isEmpty();
    }

    @Test
    void theTimeGrowsWithEachEjectionUpToItsBound() {
        join(3);
        Member bad = members.get(0);
        for (int seconds : new int[] {10, 20, 30, 35, 35}) {
            fail(bad, 3, Outcome.CONNECT_FAILED);
            assertThat(turn()).hasSize(1);
            assertThat(bad.untilNanos() - clock.nanos())
                    .isEqualTo(Duration.ofSeconds(seconds).toNanos());
            assertThat(turn(Duration.ofSeconds(seconds))).hasSize(1);
        }
        assertThat(bad.ejections()).isEqualTo(5);
    }

    @Test
    void theNumberOfEjectionsDecaysWhileAllIsWell() {
        join(3);
        Member bad = members.get(0);
        for (int seconds : new int[] {10, 20, 30}) {
            fail(bad, 3, Outcome.CONNECT_FAILED);
            turn();
            turn(Duration.ofSeconds(seconds));
        }
        turn(RULE.decay().multipliedBy(2)); // From three to one.
        fail(bad, 3, Outcome.CONNECT_FAILED);
        turn();
        assertThat(bad.untilNanos() - clock.nanos()).isEqualTo(Duration.ofSeconds(20).toNanos());
    }

    @Test
    void noMoreThanTheShareIsOutAtOnce() {
        join(5);
        members.forEach(each -> fail(each, 3, Outcome.CONNECT_FAILED));
        assertThat(turn()).hasSize(2);
        assertThat(turn()).isEmpty();
    }

    @Test
    void whoWasKeptByTheShareIsEjectedWhenThereIsRoom() {
        join(2);
        members.forEach(each -> fail(each, 3, Outcome.CONNECT_FAILED));
        assertThat(turn()).extracting(Change::member).containsExactly(members.get(0));
        assertThat(turn(RULE.base()))
                .containsExactly(
                        new Change(members.get(0), false, "its time is over"),
                        new Change(members.get(1), true, "3 connect failures in a row"));
    }

    @Test
    void oneOfTwoMayBeOutHoweverSmallTheShare() {
        Ejection small =
                new Ejection(
                        new Ejection.Rule(
                                1, 1, 1, RULE.base(), RULE.max(), RULE.decay(), new Share(0.01)));
        Member bad = small.join("a", clock.nanos());
        small.join("b", clock.nanos());
        end(bad, Outcome.TIMED_OUT);
        assertThat(small.turn(clock.nanos())).hasSize(1);
    }

    @Test
    void theLastInstanceIsNeverEjected() {
        join(1);
        fail(members.get(0), 100, Outcome.CONNECT_FAILED);
        assertThat(turn()).isEmpty();
    }

    @Test
    void theLastAvailableInstanceIsNeverEjected() {
        join(3);
        members.get(0).available(false);
        members.get(1).available(false);
        fail(members.get(2), 100, Outcome.CONNECT_FAILED);
        assertThat(turn()).isEmpty();
    }

    @Test
    void anEjectedInstanceReturnsWhenTheOthersBecomeUnavailable() {
        join(4);
        fail(members.get(0), 3, Outcome.CONNECT_FAILED);
        turn(Duration.ofSeconds(1));
        fail(members.get(1), 3, Outcome.CONNECT_FAILED);
        turn(Duration.ofSeconds(1));
        members.get(2).available(false);
        members.get(3).available(false);
        assertThat(turn())
                .containsExactly(
                        new Change(members.get(0), false, "it is the last that could take a call"));
        assertThat(turn()).isEmpty();
    }

    @Test
    void anEjectedInstanceReturnsWhenTheOthersLeave() {
        join(2);
        fail(members.get(0), 3, Outcome.CONNECT_FAILED);
        turn();
        ejection.leave(members.get(1));
        assertThat(turn()).hasSize(1);
        assertThat(members.get(0).isEjected()).isFalse();
    }

    @Test
    void anEjectionThatIsTakenBackBeginsAnew() {
        join(3);
        Member bad = members.get(0);
        fail(bad, 3, Outcome.CONNECT_FAILED);
        assertThat(turn()).hasSize(1);
        ejection.restore(bad, "it was needed", clock.nanos());
        assertThat(bad.isEjected()).isFalse();
        assertThat(bad.reason()).isEqualTo("it was needed");
        assertThat(turn()).isEmpty();
        fail(bad, 3, Outcome.CONNECT_FAILED);
        assertThat(turn()).hasSize(1);
    }

    @Test
    void callsOfBeforeTheReturnCountNothing() {
        join(3);
        Member bad = members.get(0);
        int before = bad.epoch();
        fail(bad, 3, Outcome.CONNECT_FAILED);
        turn();
        int during = bad.epoch();
        turn(RULE.base());
        for (int i = 0; i < 100; i++) {
            bad.ended(before, Outcome.TIMED_OUT);
            bad.ended(during, Outcome.TIMED_OUT);
        }
        assertThat(turn()).isEmpty();
    }

    @Test
    void whateverHappensTheRulesHold() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Ejection subject = new Ejection(RULE);
            List<Member> all = new ArrayList<>();
            boolean[] down = new boolean[8];
            int count = 1 + random.nextInt(8);
            for (int i = 0; i < count; i++) {
                all.add(subject.join("instance " + i, clock.nanos()));
            }
            for (int step = 0; step < 300; step++) {
                int at = random.nextInt(count);
                Outcome outcome = Outcome.values()[random.nextInt(2) == 0 ? 3 : random.nextInt(8)];
                fail(all.get(at), random.nextInt(6), outcome);
                if (random.nextInt(10) == 0) {
                    down[at] = !down[at];
                    all.get(at).available(!down[at]);
                }
                clock.advance(Duration.ofMillis(random.nextInt(4_000)));
                subject.turn(clock.nanos());
                checkRules(all, down, "seed " + seed + ", step " + step);
            }
        }
    }

    private static void checkRules(List<Member> all, boolean[] down, String where) {
        int out = 0;
        boolean usable = false;
        boolean available = false;
        for (int i = 0; i < all.size(); i++) {
            out += all.get(i).isEjected() ? 1 : 0;
            available |= !down[i];
            usable |= !down[i] && !all.get(i).isEjected();
        }
        assertThat(out).as(where).isLessThanOrEqualTo(Math.max(1, all.size() / 2));
        assertThat(usable).as(where).isEqualTo(available);
    }

    @Test
    void aRuleOutsideItsRangeNamesPlaceValueAndRange() {
        assertThatThrownBy(() ->
                        new Ejection.Rule(
                                5,
                                5,
                                5,
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(9),
                                Duration.ofSeconds(30),
                                new Share(1)))
                .hasMessage("ejection.max: PT9S (expected: PT10S to PT24H)");
    }
}
