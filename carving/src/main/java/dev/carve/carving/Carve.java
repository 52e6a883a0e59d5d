package dev.carve.carving;

import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Rules;
import dev.carve.carving.guard.Advice;
import dev.carve.carving.guard.Ending;
import dev.carve.carving.guard.Guard;
import dev.carve.carving.guard.Judgement;
import dev.carve.carving.keep.CarveKey;
import dev.carve.carving.keep.Redaction;
import dev.carve.carving.keep.Redactor;
import dev.carve.carving.settings.CarveSettings;
import dev.carve.carving.settings.Times;
import dev.carve.carving.shift.LedgerEntry;
import dev.carve.carving.shift.Shift;
import dev.carve.carving.shift.ShiftAnswer;
import dev.carve.carving.shift.ShiftEvent;
import dev.carve.carving.shift.ShiftPlan;
import dev.carve.carving.shift.ShiftState;
import dev.carve.carving.shift.Stage;
import dev.carve.gateway.service.Control;
import dev.carve.runtime.Share;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One carved route as it lives across reloads: where it stands, what is counted, what the guard
 * thinks of it. What loops need of it is one volatile {@link Plan}.
 *
 * <p>Threads: control changes it; loops read the plan and count; workers read the rules and tell
 * what comparing found.
 */
final class Carve {

    /** Changes that are shown; the store keeps more. */
    private static final int LEDGER_SHOWN = 100;

    private static final Share NOTHING = new Share(0);

    /** Why nothing moves. */
    static final String HELD =
            "the store does not tell where it stands; the old side answers everything until it"
                    + " does";

    private final String route;
    private final CarveKey id;
    private final Control control;
    private final Budget budget;
    private final Comparisons comparisons;
    private final CarveCounts counts;
    private final Findings findings = new Findings();
    private final Mirroring mirroring = new Mirroring(this);
    private final CarveListener listener;

    // Control only.
    private final Deque<LedgerEntry> ledger = new ArrayDeque<>();
    private Guard guard;
    private ShiftPlan shiftPlan;
    private ShiftEvent.@Nullable RollBack owed;

    // Written by control, read by any.
    private volatile CarveSettings settings;
    private volatile ShiftState state;
    private volatile Rules rules;
    private volatile Plan plan;
    private volatile List<LedgerEntry> recent = List.of();
    private volatile @Nullable Judgement judgement;
    private volatile String waits = "";
    private volatile boolean held;
    private volatile Redactor redactor;
    private volatile @Nullable Sides sides;
    private volatile @Nullable SelfCheck check;

    // Any.
    private final AtomicReference<@Nullable Replay> replay = new AtomicReference<>();
    private final ReplayCounts replayed = new ReplayCounts();

    /**
     * @param route its name
     * @param id under which it is stored
     */
    Carve(
            String route,
            CarveKey id,
            CarveSettings settings,
            Rules rules,
            ShiftState state,
            Shared shared,
            CarveListener listener) {
        this.route = route;
        this.id = id;
        this.settings = settings;
        this.rules = rules;
        this.state = state;
        this.control = shared.control();
        this.budget = shared.budget();
        this.comparisons = shared.comparisons();
        this.listener = listener;
        counts = new CarveCounts(shared.loops(), () -> control.execute(this::gone));
        guard = new Guard(limits(settings), counts.tally(), control.clock().nanos());
        shiftPlan = shiftPlan(settings);
        redactor = redactor(settings);
        plan = Plan.off(route);
        publish();
    }

    private static Redactor redactor(CarveSettings from) {
        return new Redactor(Redaction.DEFAULT.with(from.compare().secrets()));
    }

    /** What all carves share. */
    record Shared(Control control, Budget budget, Comparisons comparisons, int loops) {}

    String route() {
        return route;
    }

    CarveKey id() {
        return id;
    }

    // For loops.

    Plan plan() {
        return plan;
    }

    Budget budget() {
        return budget;
    }

    Comparisons comparisons() {
        return comparisons;
    }

    CarveCounts counts() {
        return counts;
    }

    Mirroring mirroring() {
        return mirroring;
    }

    // For workers.

    /** Takes out what must not be kept or shown. */
    Redactor redactor() {
        return redactor;
    }

    Rules rules() {
        return rules;
    }

    Findings findings() {
        return findings;
    }

    /** Answers of both sides were compared; a worker. */
    void found(Observation of, Comparison comparison) {
        Findings.Result result = findings.add(comparison);
        if (result != Findings.Result.SKIPPED && !isOneSidesError(of, comparison, result)) {
            counts.tally().compared(result == Findings.Result.MISMATCH);
        }
        if (result == Findings.Result.MISMATCH
                && comparison instanceof Comparison.Different different) {
            listener.differing(of, different);
        }
    }

    /**
     * Whether one side failed and the other did not, and nothing says yet that the new side does so
     * more often. The guard has a measure of its own for errors: as mismatches, those that both
     * sides have now and then would count a second time, and nearly always alone.
     */
    private boolean isOneSidesError(Observation of, Comparison comparison, Findings.Result result) {
        return result == Findings.Result.MISMATCH
                && isError(of.oldAnswer()) != isError(of.newAnswer())
                && comparison instanceof Comparison.Different different
                && !findings.isClear(different);
    }

    private static boolean isError(Capture answer) {
        return Endings.ofStatus(answer.status()) == Ending.SERVER_ERROR;
    }

    // For views; any thread.

    CarveSettings settings() {
        return settings;
    }

    ShiftState state() {
        return state;
    }

    List<LedgerEntry> recent() {
        return recent;
    }

    @Nullable Judgement judgement() {
        return judgement;
    }

    /** Both sides as the snapshot in use has them; null before the first is in use. */
    @Nullable Sides sides() {
        return sides;
    }

    /** The last check of the old side against itself, under way or over; null if there was none. */
    @Nullable SelfCheck check() {
        return check;
    }

    /** The last time that kept requests were sent again, under way or over. */
    @Nullable Replay replay() {
        return replay.get();
    }

    /** Begins to send kept requests again, unless that is under way. */
    boolean begin(Replay next) {
        Replay last = replay.get();
        return (last == null || last.isOver()) && replay.compareAndSet(last, next);
    }

    ReplayCounts replayed() {
        return replayed;
    }

    /**
     * Whether nothing is known of where it stood, since the store did not tell when it was loaded.
     * Until it does the old side answers everything, and nothing is written.
     */
    boolean isHeld() {
        return held;
    }

    /** Whether somebody asked for a roll-back while it was held; control. */
    boolean isRollBackOwed() {
        return owed != null;
    }

    /** What the next step waits for, empty if nothing is known of it. */
    String waits() {
        return waits;
    }

    // Control.

    /** Takes over what a reload says; where it stands stays. */
    void replace(CarveSettings now, Rules compiled) {
        boolean judgedAnew = !limits(now).equals(limits(settings));
        settings = now;
        rules = compiled;
        redactor = redactor(now);
        shiftPlan = shiftPlan(now);
        if (judgedAnew) {
            guard = guard.with(limits(now), control.clock().nanos());
        }
        publish();
    }

    /** A snapshot is in use whose sides are these. */
    void use(Sides now) {
        sides = now;
    }

    /** The store does not tell where it stands: stays at the old side until it does. */
    void hold() {
        held = true;
        waits = HELD;
    }

    /**
     * The store tells again: goes on where it stood.
     *
     * @param stood or where a carve of which nothing is stored begins
     */
    void takeOver(ShiftState stood) {
        ShiftEvent.RollBack asked = owed;
        held = false;
        owed = null;
        waits = "";
        state = stood;
        publish();
        start();
        if (asked != null) {
            apply(asked);
        }
    }

    /** Begins to mirror, if nothing has begun. */
    void start() {
        if (!held && state.stage() == Stage.OFF) {
            apply(new ShiftEvent.Start(cause("file")));
        }
    }

    /** The old side is checked against itself from now on; whether that can be. */
    boolean begin(SelfCheck next) {
        SelfCheck before = check;
        if (state.stage() == Stage.DONE || (before != null && !before.isOver())) {
            return false;
        }
        check = next;
        publish();
        return true;
    }

    void end(SelfCheck of) {
        of.end();
        publish();
        of.tell();
    }

    /** Time passes: judges, and goes on where the plan lets it. */
    void turn() {
        long now = control.clock().nanos();
        Stage stage = state.stage();
        if (!isJudged()) {
            return;
        }
        Optional<String> alarm = guard.turn(now);
        Judgement judged = guard.judgement();
        judgement = judged;
        if (stage != Stage.MIRROR && alarm.isPresent()) {
            rollBack("guard", alarm.get());
            return;
        }
        if (settings.shift().isPresent()) {
            look(judged);
        }
    }

    private void look(Judgement judged) {
        List<String> holds =
                switch (judged.advice()) {
                    case Advice.Pass _ -> List.of();
                    case Advice.Hold(List<String> reasons) -> reasons;
                    case Advice.RollBack(String reason) -> List.of(reason);
                };
        ShiftEvent.Standing standing = new ShiftEvent.Standing(judged.requests(), holds);
        ShiftAnswer answer = apply(new ShiftEvent.Look(cause("plan", judged.figures()), standing));
        if (answer instanceof ShiftAnswer.Waits(String reason)) {
            waits = reason;
        }
    }

    /** The new side takes no connections any more. What is finished has no old side to go to. */
    private void gone() {
        Stage stage = state.stage();
        if (stage == Stage.SHIFT || stage == Stage.PAUSED) {
            rollBack("guard", "the new side refused 3 connections in a row");
        }
    }

    /** Everything back to the old side, now. */
    ShiftAnswer rollBack(String by, String reason) {
        return apply(new ShiftEvent.RollBack(cause(by), reason));
    }

    /** Who changes something, with the figures of this moment. */
    ShiftEvent.Cause cause(String by) {
        return cause(by, isJudged() ? guard.judgement().figures() : List.of());
    }

    private ShiftEvent.Cause cause(String by, List<String> figures) {
        return new ShiftEvent.Cause(control.clock().now(), by, figures);
    }

    /** Whether the new side is asked, so that there is something to judge. */
    private boolean isJudged() {
        return switch (state.stage()) {
            case MIRROR, SHIFT, PAUSED -> true;
            case OFF, DONE, ROLLED_BACK -> false;
        };
    }

    /**
     * What the event makes of it. The share changes first; whoever keeps the ledger comes after.
     */
    ShiftAnswer apply(ShiftEvent event) {
        if (held) {
            return hold(event);
        }
        if (event instanceof ShiftEvent.Approve
                && state.stage() == Stage.MIRROR
                && settings.shift().isEmpty()) {
            return new ShiftAnswer.Refused(
                    "cannot approve in stage mirror: the file gives no steps (expected:"
                            + " carve.shift, such as shift: { steps: [5%, 100%] })");
        }
        if (event instanceof ShiftEvent.Approve
                && isJudged()
                && guard.judgement().advice() instanceof Advice.RollBack(String reason)) {
            return new ShiftAnswer.Refused(
                    "cannot approve in stage "
                            + state.stage().text()
                            + ": "
                            + reason
                            + " (expected: a new side that is within its limits again; rollback"
                            + " and start forget what was counted)");
        }
        ShiftState before = state;
        ShiftAnswer answer = Shift.apply(shiftPlan, before, event);
        if (answer instanceof ShiftAnswer.Changed(ShiftState after, LedgerEntry entry)) {
            state = after;
            waits = "";
            publish();
            boolean shiftBegins = after.stage() == Stage.SHIFT && before.stage() == Stage.MIRROR;
            guard.begin(shiftBegins, control.clock().nanos());
            judgement = null;
            if (shiftBegins) {
                counts.refusals().begin();
            }
            ledger.addFirst(entry);
            if (ledger.size() > LEDGER_SHOWN) {
                ledger.removeLast();
            }
            recent = List.copyOf(ledger);
            listener.changed(entry);
        }
        return answer;
    }

    private ShiftAnswer hold(ShiftEvent event) {
        if (event instanceof ShiftEvent.RollBack asked) {
            owed = asked;
        }
        return new ShiftAnswer.Refused(HELD);
    }

    private void publish() {
        CarveSettings now = settings;
        SelfCheck checking = check;
        if (checking != null && !checking.isOver() && state.stage() != Stage.DONE) {
            plan = Plan.checking(route, state.share(), checking);
            return;
        }
        plan =
                switch (state.stage()) {
                    case OFF, ROLLED_BACK -> Plan.off(route);
                    case MIRROR -> Plan.of(route, NOTHING, now.mirror(), now.noise());
                    case SHIFT, PAUSED -> Plan.of(route, state.share(), now.mirror(), now.noise());
                    case DONE -> Plan.over(route);
                };
    }

    private static dev.carve.carving.guard.Limits limits(CarveSettings from) {
        CarveSettings.Guard guard = from.guard();
        return new dev.carve.carving.guard.Limits(
                guard.mismatches().fraction() <= 0 || from.mirror().fraction() <= 0
                        ? Optional.empty()
                        : Optional.of(guard.mismatches()),
                guard.errors().above() <= 0
                        ? Optional.empty()
                        : Optional.of(new Share(guard.errors().above())),
                ratio(guard.p50()),
                ratio(guard.p95()),
                ratio(guard.p99()),
                guard.warmUp());
    }

    private static OptionalDouble ratio(Times from) {
        return from.isOn() ? OptionalDouble.of(from.ratio()) : OptionalDouble.empty();
    }

    /** A route that is only mirrored gets a plan whose one step nobody begins. */
    static ShiftPlan shiftPlan(CarveSettings from) {
        if (from.shift().isEmpty()) {
            return new ShiftPlan(
                    List.of(new Share(1)),
                    Duration.ZERO,
                    1,
                    ShiftPlan.Approval.NEEDED,
                    ShiftPlan.Approval.NEEDED);
        }
        CarveSettings.Shift shift = from.shift().get();
        return new ShiftPlan(
                new ArrayList<>(shift.steps()),
                shift.every(),
                shift.requests(),
                approval(shift.start()),
                approval(shift.next()));
    }

    private static ShiftPlan.Approval approval(CarveSettings.Start from) {
        return switch (from) {
            case APPROVAL -> ShiftPlan.Approval.NEEDED;
            case AUTO -> ShiftPlan.Approval.AUTO;
        };
    }
}
