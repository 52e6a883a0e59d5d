package dev.carve.carving;

import dev.carve.carving.shift.ShiftAnswer;
import dev.carve.carving.shift.ShiftEvent;
import dev.carve.carving.shift.ShiftState;
import dev.carve.gateway.service.Control;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.AdminCommand.Outcome;
import dev.carve.runtime.admin.BadArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * What operators may do to carves. Each command runs on control, where the state changes, and is
 * answered from there.
 *
 * <p>Threads: commands on virtual threads.
 */
final class CarveCommands {

    private static final long ANSWER_SECONDS = 5;
    private static final String ROLLED_BACK_LATER =
            "the old side answers everything; rolled back once the store tells where it stands";

    /** How long a command waits for the store; the change itself has been made by then. */
    private static final long KEPT_SECONDS = 2;

    private static final String NOT_KEPT =
            " (the store has not taken it yet: a gateway that is killed before it does begins where"
                    + " the store says)";

    private final Carves carves;
    private final Control control;
    private final EvidenceCommands evidence;

    CarveCommands(Carves carves, Control control) {
        this.carves = carves;
        this.control = control;
        evidence = new EvidenceCommands(carves, control);
    }

    List<AdminCommand> all() {
        return List.of(
                command(
                        "route_start",
                        "Begins to mirror, again after a roll-back.",
                        (carve, by) -> carve.apply(new ShiftEvent.Start(carve.cause(by)))),
                command(
                        "route_approve",
                        "Lets the next step begin.",
                        (carve, by) -> carve.apply(new ShiftEvent.Approve(carve.cause(by)))),
                command(
                        "route_pause",
                        "Stays at this share.",
                        (carve, by) ->
                                carve.apply(new ShiftEvent.Pause(carve.cause(by), "paused"))),
                command(
                        "route_resume",
                        "Goes on after a pause.",
                        (carve, by) -> carve.apply(new ShiftEvent.Resume(carve.cause(by)))),
                command(
                        "route_rollback",
                        "Everything back to the old side.",
                        (carve, by) -> carve.rollBack(by, "by hand")),
                command(
                        "route_finish",
                        "The carve is over: the new side stays.",
                        (carve, by) -> carve.apply(new ShiftEvent.Finish(carve.cause(by)))),
                new AdminCommand(
                        "rollback_all",
                        "Takes every carve back to its old side.",
                        this::rollBackAll),
                new AdminCommand(
                        EvidenceCommands.REPLAY,
                        "Sends the kept differing requests of a route to both sides again.",
                        evidence::replay),
                new AdminCommand(
                        EvidenceCommands.COMPARE_SELF,
                        "Sends the requests of a route to the old side twice for a while.",
                        evidence::compareSelf));
    }

    private AdminCommand command(
            String name, String doc, BiFunction<Carve, String, ShiftAnswer> work) {
        return new AdminCommand(
                name,
                doc,
                arguments -> {
                    Carve carve = carve(carves, arguments);
                    String by = by(arguments);
                    List<Carve> changed = new ArrayList<>();
                    Outcome outcome =
                            onControl(() -> {
                                ShiftAnswer answer = work.apply(carve, by);
                                if (carve.isRollBackOwed()) {
                                    return new AdminCommand.Done(
                                            carve.route() + ": " + ROLLED_BACK_LATER);
                                }
                                changed.add(carve);
                                return outcome(carve, answer);
                            });
                    return keptSoon(outcome, changed);
                });
    }

    /** Waits a little for the store, so that what an operator was told outlives the process. */
    private Outcome keptSoon(Outcome outcome, List<Carve> changed) {
        if (!(outcome instanceof AdminCommand.Done(String text))) {
            return outcome;
        }
        CompletableFuture<Boolean> kept = new CompletableFuture<>();
        control.execute(() ->
                CompletableFuture.allOf(
                                changed.stream()
                                        .map(carves::kept)
                                        .toArray(CompletableFuture<?>[]::new))
                        .thenRun(() -> kept.complete(true)));
        boolean inTime = kept.completeOnTimeout(false, KEPT_SECONDS, TimeUnit.SECONDS).join();
        return inTime ? outcome : new AdminCommand.Done(text + NOT_KEPT);
    }

    /** The carve that is meant. */
    static Carve carve(Carves carves, Map<String, String> arguments) {
        String route = arguments.get("route");
        if (route == null || route.isEmpty()) {
            throw new BadArgumentException("route: missing (expected: the name of a route)");
        }
        Carve carve = carves.find(route);
        if (carve == null) {
            List<String> names = carves.all().stream().map(Carve::route).sorted().toList();
            throw new BadArgumentException(
                    "route: no carve on \""
                            + route
                            + "\" (expected: "
                            + (names.isEmpty()
                                    ? "one that the file carves; it carves none"
                                    : "one of " + String.join(", ", names))
                            + ")");
        }
        return carve;
    }

    private static String by(Map<String, String> arguments) {
        String by = arguments.getOrDefault("by", "");
        return by.isEmpty() ? "operator" : by;
    }

    private Outcome rollBackAll(Map<String, String> arguments) {
        String by = by(arguments);
        List<Carve> changed = new ArrayList<>();
        Outcome outcome =
                onControl(() -> {
                    List<String> lines = new ArrayList<>();
                    for (Carve each : carves.all()) {
                        ShiftAnswer answer = each.rollBack(by, "by hand, with all others");
                        if (each.isHeld()) {
                            lines.add(each.route() + " (" + ROLLED_BACK_LATER + ")");
                        } else if (answer instanceof ShiftAnswer.Changed) {
                            lines.add(each.route());
                            changed.add(each);
                        }
                    }
                    return new AdminCommand.Done(
                            lines.isEmpty()
                                    ? "nothing to roll back"
                                    : "rolled back: " + String.join(", ", lines));
                });
        return keptSoon(outcome, changed);
    }

    private static Outcome outcome(Carve carve, ShiftAnswer answer) {
        return switch (answer) {
            case ShiftAnswer.Changed(ShiftState state, _) ->
                    new AdminCommand.Done(
                            carve.route()
                                    + ": "
                                    + state.stage().text()
                                    + (state.step() == ShiftState.NO_STEP
                                            ? ""
                                            : " " + state.share()));
            case ShiftAnswer.Waits(String reason) ->
                    new AdminCommand.Refused(carve.route() + ": " + reason);
            case ShiftAnswer.Refused(String reason) ->
                    new AdminCommand.Refused(carve.route() + ": " + reason);
        };
    }

    private Outcome onControl(Supplier<Outcome> work) {
        return onControl(control, work);
    }

    /** Does it where the state changes, and waits for it. */
    static Outcome onControl(Control control, Supplier<Outcome> work) {
        CompletableFuture<Outcome> done = new CompletableFuture<>();
        control.execute(() -> {
            try {
                done.complete(work.get());
            } catch (RuntimeException fault) {
                done.completeExceptionally(fault);
            }
        });
        return done.completeOnTimeout(
                        new AdminCommand.Refused("the gateway is stopping"),
                        ANSWER_SECONDS,
                        TimeUnit.SECONDS)
                .join();
    }
}
