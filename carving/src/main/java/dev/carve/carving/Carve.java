package dev.carve.carving;

import dev.carve.carving.compare.Comparison;
import dev.carve.carving.compare.Rules;
import dev.carve.carving.guard.Advice;
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

    private final String route;
    private final CarveKey id;
    private final Control control;
    private final Budget budget;
    private final Comparisons comparisons;
    private final CarveCounts counts;
    private final Findings findings = new Findings();
    private final CarveListener listener;

    // Control only.
    private final Deque<LedgerEntry> ledger = new ArrayDeque<>();
    private Guard guard;
    private ShiftPlan shiftPlan;
    private boolean moved;

    // Written by control, read by any.
    private volatile CarveSettings settings;
    private volatile ShiftState state;
    private volatile Rules rules;
    private volatile Redactor secrets;
    private volatile Plan plan;
    private volatile List<LedgerEntry> recent = List.of();
    private volatile @Nullable Judgement judgement;
    private volatile String waits = "";

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
        this.secrets = secrets(settings);
        this.state = state;
        this.control = shared.control();
        this.budget = shared.budget();
        this.comparisons = shared.comparisons();
        this.listener = listener;
        counts = new CarveCounts(shared.loops(), () -> control.execute(this::gone));
        guard = new Guard(limits(settings), counts.tally(), control.clock().nanos());
        shiftPlan = shiftPlan(settings);
        plan = Plan.off(route);
        publish();
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

    // For workers.

    Rules rules() {
        return rules;
    }

    /** Takes out of what is saved what the file names beside the usual secrets. */
    Redactor secrets() {
        return secrets;
    }

    Findings findings() {
        return findings;
    }

    /** Answers of both sides were compared; a worker. */
    void found(Observation of, Comparison comparison) {
        Findings.Result result = findings.add(comparison);
        if (result != Findings.Result.SKIPPED) {
            counts.tally().compared(result == Findings.Result.MISMATCH);
        }
        if (result == Findings.Result.MISMATCH
                && comparison instanceof Comparison.Different different) {
            listener.differing(of, different);
        }
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
        secrets = secrets(now);
        shiftPlan = shiftPlan(now);
        if (judgedAnew) {
            guard = new Guard(limits(now), counts.tally(), control.clock().nanos());
        }
        publish();
    }

    /** Time passes: judges, and goes on where the plan lets it. */
    void turn() {
        long now = control.clock().nanos();
        Stage stage = state.stage();
        if (stage == Stage.OFF || stage == Stage.DONE || stage == Stage.ROLLED_BACK) {
            return;
        }
        Optional<String> alarm = guard.turn(now);
        if (stage != Stage.MIRROR && alarm.isPresent()) {
            rollBack("guard", alarm.get());
            return;
        }
        Judgement judged = guard.judgement();
        judgement = judged;
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
        ShiftAnswer answer = apply(new ShiftEvent.Look(cause("plan"), standing));
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

    ShiftEvent.Cause cause(String by) {
        Judgement now = judgement;
        return new ShiftEvent.Cause(
                control.clock().now(), by, now == null ? List.of() : now.figures());
    }

    /**
     * What the event makes of it. The share changes first; whoever keeps the ledger comes after.
     */
    ShiftAnswer apply(ShiftEvent event) {
        if (event instanceof ShiftEvent.Approve
                && state.stage() == Stage.MIRROR
                && settings.shift().isEmpty()) {
            return new ShiftAnswer.Refused(
                    "cannot approve in stage mirror: the file gives no steps (expected:"
                            + " carve.shift, such as shift: { steps: [5%, 100%] })");
        }
        ShiftAnswer answer = Shift.apply(shiftPlan, state, event);
        if (answer instanceof ShiftAnswer.Changed(ShiftState after, LedgerEntry entry)) {
            moved |= !(event instanceof ShiftEvent.Start);
            become(after, entry);
        }
        return answer;
    }

    /**
     * The store tells late where this carve stood. That counts, unless more has happened meanwhile
     * than that mirroring began.
     */
    void restore(ShiftState kept) {
        ShiftState now = state;
        boolean same = kept.stage() == now.stage() && kept.share().equals(now.share());
        if (!moved && !same && kept.stage() != Stage.OFF) {
            become(
                    kept,
                    new LedgerEntry(
                            control.clock().now(),
                            Keeper.STORE,
                            now,
                            kept,
                            "where it stood before the start",
                            List.of()));
        }
    }

    private void become(ShiftState after, LedgerEntry entry) {
        boolean shiftBegins = after.stage() == Stage.SHIFT && state.stage() == Stage.MIRROR;
        state = after;
        waits = "";
        publish();
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

    private void publish() {
        CarveSettings now = settings;
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

    private static Redactor secrets(CarveSettings from) {
        return new Redactor(new Redaction(List.of(), List.of(), from.compare().secrets()));
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
