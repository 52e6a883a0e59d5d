package dev.carve.carving.shift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carve.carving.shift.ShiftAnswer.Changed;
import dev.carve.carving.shift.ShiftAnswer.Refused;
import dev.carve.carving.shift.ShiftAnswer.Waits;
import dev.carve.carving.shift.ShiftEvent.Cause;
import dev.carve.carving.shift.ShiftEvent.Standing;
import dev.carve.carving.shift.ShiftPlan.Approval;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ShiftTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final ShiftPlan PLAN = plan(Approval.NEEDED, Approval.AUTO, "1%", "25%", "100%");

    private Instant now = START;
    private ShiftState state = ShiftState.off(START);

    private static ShiftPlan plan(Approval start, Approval advance, String... steps) {
        List<Share> shares = List.of(steps).stream().map(Share::parse).toList();
        return new ShiftPlan(shares, EVERY, 100, start, advance);
    }

    private Cause cause() {
        return new Cause(now, "anna", List.of("errors: same"));
    }

    private ShiftAnswer apply(ShiftPlan plan, ShiftEvent event) {
        ShiftAnswer answer = Shift.apply(plan, state, event);
        if (answer instanceof Changed changed) {
            assertThat(changed.entry().from()).isEqualTo(state);
            assertThat(changed.entry().to()).isEqualTo(changed.state());
            assertThat(changed.entry().at()).isEqualTo(now);
            assertThat(changed.state().since()).isEqualTo(now);
            assertThat(changed.entry().figures()).isEqualTo(event.cause().figures());
            state = changed.state();
        }
        return answer;
    }

    private ShiftAnswer apply(ShiftEvent event) {
        return apply(PLAN, event);
    }

    private ShiftEvent.Look look(long requests, String... holds) {
        return new ShiftEvent.Look(cause(), new Standing(requests, List.of(holds)));
    }

    private void start() {
        apply(new ShiftEvent.Start(cause()));
    }

    private void approve() {
        assertThat(apply(new ShiftEvent.Approve(cause()))).isInstanceOf(Changed.class);
    }

    private void at(Stage stage, String share) {
        assertThat(state.stage()).isEqualTo(stage);
        assertThat(state.share()).isEqualTo(Share.parse(share));
    }

    @Test
    void wholeWayFromOffToDone() {
        start();
        at(Stage.MIRROR, "0%");
        approve();
        at(Stage.SHIFT, "1%");
        now = now.plus(EVERY);
        apply(look(100));
        at(Stage.SHIFT, "25%");
        now = now.plus(EVERY);
        apply(look(100));
        at(Stage.SHIFT, "100%");
        assertThat(apply(look(1_000_000))).isEqualTo(new Waits("the last step ends by finish"));
        apply(new ShiftEvent.Finish(cause()));
        at(Stage.DONE, "100%");
    }

    @Test
    void stepWaitsForTimeRequestsAndTheGuardAndSaysSo() {
        start();
        approve();
        now = now.plusMillis(1);
        assertThat(apply(look(40, "errors: not enough")))
                .isEqualTo(
                        new Waits(
                                "waits for 600 s, 60 requests at the new side, errors: not enough"));
        now = now.plus(EVERY);
        assertThat(apply(look(99))).isEqualTo(new Waits("waits for 1 requests at the new side"));
        assertThat(apply(look(100, "p95: not enough")))
                .isEqualTo(new Waits("waits for p95: not enough"));
        at(Stage.SHIFT, "1%");
    }

    @Test
    void neverGoesOnWithoutData() {
        ShiftPlan auto = plan(Approval.AUTO, Approval.AUTO, "1%", "100%");
        start();
        now = now.plus(Duration.ofDays(365));
        assertThat(apply(auto, look(0))).isInstanceOf(Waits.class);
        at(Stage.MIRROR, "0%");
    }

    @Test
    void stepThatNeedsApprovalDoesNotGoOnByItself() {
        start();
        now = now.plus(EVERY);
        assertThat(apply(look(100))).isEqualTo(new Waits("waits for approval of 1%"));
        approve();
        now = now.plus(EVERY);
        assertThat(apply(plan(Approval.AUTO, Approval.NEEDED, "1%", "5%"), look(100)))
                .isEqualTo(new Waits("waits for approval of 5%"));
    }

    @Test
    void startOfItsOwnWhereThePlanAllowsIt() {
        start();
        now = now.plus(EVERY);
        apply(plan(Approval.AUTO, Approval.NEEDED, "1%", "5%"), look(100));
        at(Stage.SHIFT, "1%");
    }

    @Test
    void approvalOverridesMissingDataOnly() {
        start();
        approve();
        approve();
        at(Stage.SHIFT, "25%");
        assertThat(state.step()).isEqualTo(1);
    }

    @Test
    void pauseKeepsTheShareAndResumeBeginsItsTimeAnew() {
        start();
        approve();
        apply(new ShiftEvent.Pause(cause(), "lunch"));
        at(Stage.PAUSED, "1%");
        now = now.plus(EVERY);
        assertThat(apply(look(100))).isInstanceOf(Waits.class);
        apply(new ShiftEvent.Resume(cause()));
        at(Stage.SHIFT, "1%");
        assertThat(apply(look(100))).isEqualTo(new Waits("waits for 600 s"));
    }

    @Test
    void rollBackFromEverywhereThatMovesOrCopies() {
        for (Stage from : List.of(Stage.MIRROR, Stage.SHIFT, Stage.PAUSED, Stage.DONE)) {
            state = in(from);
            ShiftAnswer answer = apply(new ShiftEvent.RollBack(cause(), "errors 31 % new: worse"));
            assertThat(answer).as("from %s", from).isInstanceOf(Changed.class);
            at(Stage.ROLLED_BACK, "0%");
            assertThat(((Changed) answer).entry().reason()).isEqualTo("errors 31 % new: worse");
            assertThat(((Changed) answer).entry().by()).isEqualTo("anna");
        }
    }

    @Test
    void startAfterARollBackIsAnotherRun() {
        start();
        apply(new ShiftEvent.RollBack(cause(), "slow"));
        long run = state.run();
        assertThat(apply(new ShiftEvent.Approve(cause())))
                .isEqualTo(new Refused("cannot approve in stage rolled_back: start first"));
        start();
        at(Stage.MIRROR, "0%");
        assertThat(state.run()).isEqualTo(run + 1);
    }

    @Test
    void editedPlanMovesNobodyBack() {
        start();
        approve();
        approve();
        at(Stage.SHIFT, "25%");
        now = now.plus(EVERY);
        apply(plan(Approval.AUTO, Approval.AUTO, "2%", "10%", "20%", "30%"), look(100));
        at(Stage.SHIFT, "30%");
        assertThat(state.step()).isEqualTo(3);
    }

    @Test
    void finishOnlyWhenTheNewSideAnswersAll() {
        start();
        approve();
        assertThat(apply(new ShiftEvent.Finish(cause())))
                .isEqualTo(
                        new Refused(
                                "cannot finish in stage shift 1%: the old side still answers a"
                                        + " part"));
    }

    @Test
    void stateFromTheFileIsAStepOfThePlan() {
        ShiftState placed = ShiftState.at(PLAN, Share.parse("50%"), START);
        assertThat(placed.step()).isEqualTo(1);
        assertThat(placed.share()).isEqualTo(Share.parse("50%"));
        assertThat(ShiftState.at(PLAN, Share.parse("0.5%"), START).step()).isZero();
    }

    /** Which events each stage takes; everything else must be an answer that says why. */
    @Test
    void everyStageAnswersEveryEvent() {
        assertThat(taken(Stage.OFF)).containsExactly("Start");
        assertThat(taken(Stage.MIRROR)).containsExactly("Approve", "RollBack", "Remove");
        assertThat(taken(Stage.SHIFT)).containsExactly("Approve", "Pause", "RollBack", "Remove");
        assertThat(taken(Stage.PAUSED)).containsExactly("Resume", "RollBack", "Remove");
        assertThat(taken(Stage.DONE)).containsExactly("RollBack", "Remove");
        assertThat(taken(Stage.ROLLED_BACK)).containsExactly("Start", "Remove");
    }

    private List<String> taken(Stage stage) {
        return events().stream()
                .filter(event ->
                        switch (Shift.apply(PLAN, in(stage), event)) {
                            case Changed _ -> true;
                            case Refused refused -> {
                                assertThat(refused.reason())
                                        .startsWith("cannot ")
                                        .contains(stage.text(), ": ");
                                yield false;
                            }
                            case Waits waits -> {
                                assertThat(event).isInstanceOf(ShiftEvent.Look.class);
                                assertThat(waits.reason()).isNotBlank();
                                yield false;
                            }
                        })
                .map(event -> event.getClass().getSimpleName())
                .toList();
    }

    private List<ShiftEvent> events() {
        return List.of(
                new ShiftEvent.Start(cause()),
                new ShiftEvent.Approve(cause()),
                look(0),
                new ShiftEvent.Pause(cause(), "why"),
                new ShiftEvent.Resume(cause()),
                new ShiftEvent.RollBack(cause(), "why"),
                new ShiftEvent.Finish(cause()),
                new ShiftEvent.Remove(cause()));
    }

    private static ShiftState in(Stage stage) {
        return switch (stage) {
            case OFF -> ShiftState.off(START);
            case DONE -> ShiftState.done(START);
            case SHIFT -> ShiftState.at(PLAN, Share.parse("1%"), START);
            case PAUSED -> new ShiftState(stage, 0, Share.parse("1%"), START, 1);
            case MIRROR, ROLLED_BACK ->
                    new ShiftState(stage, ShiftState.NO_STEP, Share.parse("0%"), START, 1);
        };
    }

    @Test
    void whateverHappensTheShareOnlyGrowsUntilARollBackOrRemoval() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            state = ShiftState.off(START);
            now = START;
            for (int i = 0; i < 100; i++) {
                now = now.plusSeconds(random.nextInt(900));
                List<ShiftEvent> events = events();
                ShiftEvent event = events.get(random.nextInt(events.size()));
                ShiftState before = state;
                apply(event);
                boolean back =
                        event instanceof ShiftEvent.RollBack || event instanceof ShiftEvent.Remove;
                if (!back) {
                    assertThat(state.share())
                            .as("seed %d, %s after %s", seed, event, before)
                            .isGreaterThanOrEqualTo(before.share());
                }
            }
        }
    }

    @Test
    void planRefusesWhatCannotBe() {
        assertThatThrownBy(() -> plan(Approval.AUTO, Approval.AUTO))
                .hasMessage("shift.steps: 0 steps (expected: 1 to 100)");
        assertThatThrownBy(() -> plan(Approval.AUTO, Approval.AUTO, "5%", "5%"))
                .hasMessage("shift.steps[1]: 5% (expected: more than 5%)");
        assertThatThrownBy(
                        () -> new ShiftPlan(PLAN.steps(), EVERY, 0, Approval.AUTO, Approval.AUTO))
                .hasMessage("shift.requests: 0 (expected: 1 or more)");
    }
}
