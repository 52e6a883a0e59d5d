package dev.carve.carving.shift;

import dev.carve.carving.shift.ShiftEvent.Approve;
import dev.carve.carving.shift.ShiftEvent.Cause;
import dev.carve.carving.shift.ShiftEvent.Finish;
import dev.carve.carving.shift.ShiftEvent.Look;
import dev.carve.carving.shift.ShiftEvent.Pause;
import dev.carve.carving.shift.ShiftEvent.Remove;
import dev.carve.carving.shift.ShiftEvent.Resume;
import dev.carve.carving.shift.ShiftEvent.RollBack;
import dev.carve.carving.shift.ShiftEvent.Standing;
import dev.carve.carving.shift.ShiftEvent.Start;
import dev.carve.carving.shift.ShiftPlan.Approval;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The stages of a carve as one pure function: a state and an event give another state and its
 * ledger entry, or the reason why not.
 *
 * <pre>
 *   off ──start──▶ mirror ──approve──▶ shift ──approve──▶ … shift 100 % ──finish──▶ done
 *    ▲               ▲                 ▲   │ pause
 *    │               │          resume │   ▼
 *  remove          start              paused
 *  (from any)        └── rolled_back ◀── roll back (from mirror, shift, paused, done)
 * </pre>
 *
 * <p>A look takes the same ways as an approval where the plan lets Carve do so, and it never
 * finishes a carve: at the last step the way back stays warm until a person says that it is over.
 * The next step is the first with a larger share than now, whatever the plan was when this one was
 * taken: an edited plan takes nobody back unasked.
 *
 * <p>Stateless; any thread.
 */
public final class Shift {

    private Shift() {}

    /** What the event makes of the state. */
    public static ShiftAnswer apply(ShiftPlan plan, ShiftState state, ShiftEvent event) {
        return switch (event) {
            case Start it -> start(state, it);
            case Approve it -> approve(plan, state, it);
            case Look it -> look(plan, state, it);
            case Pause it -> pause(state, it);
            case Resume it -> resume(state, it);
            case RollBack it -> rollBack(state, it);
            case Finish it -> finish(state, it);
            case Remove it -> remove(state, it);
        };
    }

    private static ShiftAnswer start(ShiftState state, Start event) {
        return switch (state.stage()) {
            case OFF, ROLLED_BACK ->
                    changed(
                            state,
                            state.mirror(event.cause().at()),
                            event.cause(),
                            state.stage() == Stage.OFF ? "started" : "started again");
            case MIRROR -> refused("start", state, "it has started; approve begins the first step");
            case SHIFT -> refused("start", state, "it has started; approve begins the next step");
            case PAUSED -> refused("start", state, "resume goes on from here");
            case DONE -> refused("start", state, "roll back first");
        };
    }

    private static ShiftAnswer approve(ShiftPlan plan, ShiftState state, Approve event) {
        return switch (state.stage()) {
            case MIRROR -> step(plan, state, 0, event.cause(), "approved");
            case SHIFT -> {
                int next = plan.after(state.share());
                yield next == plan.steps().size()
                        ? refused("approve", state, "there is no step after it; finish ends it")
                        : step(plan, state, next, event.cause(), "approved");
            }
            case PAUSED -> refused("approve", state, "resume first");
            case OFF, ROLLED_BACK -> refused("approve", state, "start first");
            case DONE -> refused("approve", state, "there is no step after it");
        };
    }

    private static ShiftAnswer look(ShiftPlan plan, ShiftState state, Look event) {
        return switch (state.stage()) {
            case OFF, DONE, PAUSED, ROLLED_BACK ->
                    new ShiftAnswer.Waits(state.stage().text() + " does not go on by itself");
            case MIRROR -> goOn(plan, state, 0, plan.start(), event);
            case SHIFT -> {
                int next = plan.after(state.share());
                yield next == plan.steps().size()
                        ? new ShiftAnswer.Waits("the last step ends by finish")
                        : goOn(plan, state, next, plan.advance(), event);
            }
        };
    }

    private static ShiftAnswer goOn(
            ShiftPlan plan, ShiftState state, int next, Approval approval, Look event) {
        List<String> waits = waits(plan, state, event);
        if (approval == Approval.NEEDED) {
            waits.addFirst("approval of " + plan.steps().get(next));
        }
        if (!waits.isEmpty()) {
            return new ShiftAnswer.Waits("waits for " + String.join(", ", waits));
        }
        return step(plan, state, next, event.cause(), "time, requests and verdicts allow it");
    }

    private static List<String> waits(ShiftPlan plan, ShiftState state, Look event) {
        List<String> waits = new ArrayList<>();
        Standing standing = event.standing();
        Duration left = plan.every().minus(Duration.between(state.since(), event.cause().at()));
        if (left.isPositive()) {
            // Rounded up: "0 s" would be no reason to wait.
            waits.add(left.plusNanos(999_999_999).toSeconds() + " s");
        }
        if (standing.requests() < plan.requests()) {
            waits.add((plan.requests() - standing.requests()) + " requests at the new side");
        }
        waits.addAll(standing.waitsFor());
        return waits;
    }

    private static ShiftAnswer pause(ShiftState state, Pause event) {
        return switch (state.stage()) {
            case SHIFT ->
                    changed(
                            state,
                            state.at(Stage.PAUSED, state.step(), state.share(), event.cause().at()),
                            event.cause(),
                            event.reason());
            case PAUSED -> refused("pause", state, "it is paused");
            case OFF, MIRROR, ROLLED_BACK ->
                    refused("pause", state, "the old side answers everything");
            case DONE -> refused("pause", state, "it goes no further");
        };
    }

    private static ShiftAnswer resume(ShiftState state, Resume event) {
        return switch (state.stage()) {
            case PAUSED ->
                    changed(
                            state,
                            state.at(Stage.SHIFT, state.step(), state.share(), event.cause().at()),
                            event.cause(),
                            "resumed");
            case OFF, ROLLED_BACK -> refused("resume", state, "start begins it");
            case MIRROR, SHIFT, DONE -> refused("resume", state, "it is not paused");
        };
    }

    private static ShiftAnswer rollBack(ShiftState state, RollBack event) {
        return switch (state.stage()) {
            case MIRROR, SHIFT, PAUSED, DONE ->
                    changed(
                            state,
                            state.to(Stage.ROLLED_BACK, event.cause().at()),
                            event.cause(),
                            event.reason());
            case ROLLED_BACK -> refused("roll back", state, "it is rolled back");
            case OFF -> refused("roll back", state, "the old side answers everything");
        };
    }

    private static ShiftAnswer finish(ShiftState state, Finish event) {
        return switch (state.stage()) {
            case SHIFT ->
                    state.share().fraction() < 1
                            ? refused("finish", state, "the old side still answers a part")
                            : changed(
                                    state,
                                    state.to(Stage.DONE, event.cause().at()),
                                    event.cause(),
                                    "finished");
            case DONE -> refused("finish", state, "it is done");
            case PAUSED -> refused("finish", state, "resume first");
            case OFF, MIRROR, ROLLED_BACK ->
                    refused("finish", state, "the old side answers everything");
        };
    }

    private static ShiftAnswer remove(ShiftState state, Remove event) {
        return state.stage() == Stage.OFF
                ? refused("remove", state, "it is off")
                : changed(
                        state,
                        state.to(Stage.OFF, event.cause().at()),
                        event.cause(),
                        "left the file");
    }

    private static ShiftAnswer step(
            ShiftPlan plan, ShiftState state, int step, Cause cause, String reason) {
        Share share = plan.steps().get(step);
        return changed(state, state.at(Stage.SHIFT, step, share, cause.at()), cause, reason);
    }

    private static ShiftAnswer changed(ShiftState from, ShiftState to, Cause cause, String reason) {
        return new ShiftAnswer.Changed(
                to, new LedgerEntry(cause.at(), cause.by(), from, to, reason, cause.figures()));
    }

    private static ShiftAnswer refused(String what, ShiftState state, String why) {
        return new ShiftAnswer.Refused("cannot " + what + " in stage " + name(state) + ": " + why);
    }

    private static String name(ShiftState state) {
        return state.step() == ShiftState.NO_STEP
                ? state.stage().text()
                : state.stage().text() + " " + state.share();
    }
}
