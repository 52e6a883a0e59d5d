package dev.carve.gateway;

import dev.carve.gateway.service.Control;
import dev.carve.gateway.service.Instance;
import dev.carve.gateway.service.Service;
import dev.carve.gateway.service.Standing;
import dev.carve.gateway.service.Standing.State;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.AdminCommand.Outcome;
import dev.carve.runtime.admin.BadArgumentException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What operators may do to an instance. Each says afterwards how it stands and what is still under
 * way; done twice, it changes nothing. What was said holds until it is taken back or the process
 * ends; a reload that keeps the instance keeps it too.
 *
 * <p>Immutable; called by virtual threads, works on control.
 */
final class InstanceCommands {

    private static final Duration CONTROL = Duration.ofSeconds(10);
    private static final int REASON_CHARS_MAX = 200;
    private static final String NO_REASON = "by an operator";
    private static final String SERVICE = "service";
    private static final String INSTANCE = "instance";
    private static final String REASON = "reason";

    private final Registry registry;
    private final Control control;

    /** What is asked of an instance. */
    private enum Wish {
        DRAIN(State.DRAINING),
        DISABLE(State.DISABLED),
        ENABLE(State.UP);

        private final State state;

        Wish(State state) {
            this.state = state;
        }
    }

    InstanceCommands(Registry registry, Control control) {
        this.registry = registry;
        this.control = control;
    }

    List<AdminCommand> all() {
        return List.of(
                command(
                        "drain",
                        "Sends an instance no more calls; takes service, instance and reason.",
                        Wish.DRAIN),
                command(
                        "disable",
                        "Switches an instance off; takes service, instance and reason.",
                        Wish.DISABLE),
                command(
                        "enable",
                        "Takes drain or disable back; takes service and instance.",
                        Wish.ENABLE));
    }

    private AdminCommand command(String name, String doc, Wish wish) {
        return new AdminCommand(
                name,
                doc,
                arguments -> {
                    check(arguments, wish);
                    return OnControl.ask(control, CONTROL, () -> apply(arguments, wish))
                            .orElseGet(() ->
                                    new AdminCommand.Refused(
                                            "the gateway's control thread is busy; nothing was"
                                                    + " done"));
                });
    }

    private static void check(Map<String, String> arguments, Wish wish) {
        Set<String> known =
                wish == Wish.ENABLE ? Set.of(SERVICE, INSTANCE) : Set.of(SERVICE, INSTANCE, REASON);
        for (String each : arguments.keySet()) {
            if (!known.contains(each)) {
                throw new BadArgumentException(Names.unknown("argument", each, known));
            }
        }
        for (String each : List.of(SERVICE, INSTANCE)) {
            if (arguments.getOrDefault(each, "").isEmpty()) {
                throw new BadArgumentException(each + ": missing (expected: its name)");
            }
        }
        if (arguments.getOrDefault(REASON, "").length() > REASON_CHARS_MAX) {
            throw new BadArgumentException(
                    "reason: too long (expected: at most " + REASON_CHARS_MAX + " characters)");
        }
    }

    // Control.

    private Outcome apply(Map<String, String> arguments, Wish wish) {
        Service service = service(arguments.getOrDefault(SERVICE, ""));
        Instance instance = instance(service, arguments.getOrDefault(INSTANCE, ""));
        String reason = arguments.getOrDefault(REASON, "").strip();
        boolean already = stands(instance.standing(), wish, reason);
        if (!already) {
            switch (wish) {
                case DRAIN -> service.drain(instance, reason.isEmpty() ? NO_REASON : reason);
                case DISABLE -> service.disable(instance, reason.isEmpty() ? NO_REASON : reason);
                case ENABLE -> service.enable(instance);
            }
        }
        return new AdminCommand.Done(told(service, instance, already));
    }

    /** Whether nothing is to be done. A reason that was given before is kept if there is no new. */
    private static boolean stands(Standing now, Wish wish, String reason) {
        if (wish == Wish.ENABLE) {
            return now.state() != State.DRAINING && now.state() != State.DISABLED;
        }
        return now.state() == wish.state && (reason.isEmpty() || reason.equals(now.reason()));
    }

    private Service service(String name) {
        Set<String> known = new TreeSet<>();
        for (Service each : registry.services()) {
            if (each.name().equals(name)) {
                return each;
            }
            known.add(each.name());
        }
        throw new BadArgumentException("service: " + Names.unknown("service", name, known));
    }

    /** By host and port or socket, as status shows it, or by the URL of the file. */
    private static Instance instance(Service service, String name) {
        Set<String> known = new TreeSet<>();
        for (Instance each : service.members().instances()) {
            if (each.name().equalsIgnoreCase(name)
                    || each.url().toString().equalsIgnoreCase(name)) {
                return each;
            }
            known.add(each.name());
        }
        throw new BadArgumentException(
                "instance: " + Names.unknown("instance of " + service.name(), name, known));
    }

    private static String told(Service service, Instance instance, boolean already) {
        Standing standing = instance.standing();
        List<Instance> all = service.members().instances();
        long eligible = all.stream().filter(each -> each.standing().state().isEligible()).count();
        int calls = instance.inFlight();
        return "%s %s: %s%s%s, %s under way; %s"
                .formatted(
                        service.name(),
                        instance.name(),
                        already ? "is " : "now ",
                        ServiceStatus.word(standing.state()),
                        standing.reason().isEmpty() ? "" : " (" + standing.reason() + ")",
                        calls == 1 ? "1 call" : calls + " calls",
                        eligible == 0
                                ? "no instance of " + service.name() + " takes calls"
                                : eligible + " of " + all.size() + " instances take calls");
    }
}
