package dev.carve.carving;

import dev.carve.carving.keep.Field;
import dev.carve.carving.keep.Keep;
import dev.carve.gateway.service.Control;
import dev.carve.runtime.admin.AdminCommand;
import dev.carve.runtime.admin.AdminCommand.Outcome;
import dev.carve.runtime.admin.BadArgumentException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What operators let a carve find out. Each takes its time: the command begins it, and the view of
 * the same name tells how far it is.
 *
 * <p>Threads: virtual ones.
 */
final class EvidenceCommands {

    static final String REPLAY = "route_replay";
    static final String COMPARE_SELF = "route_compare_self";

    /** Seconds that a view waits for the end of what it shows. */
    private static final String WAIT = "wait";

    private static final int WAIT_MAX = 30;
    private static final Map<String, String> NONE = Map.of("state", "none");

    private static final String LIMIT = "limit";

    /** Not for the log: what begins so is kept out of it. */
    private static final String HEADERS = "secret_headers";

    private static final String REQUESTS = "requests";
    private static final String SECONDS = "seconds";
    private static final int REQUESTS_USUAL = 200;
    private static final Duration CHECK_USUAL = Duration.ofMinutes(10);
    private static final Duration CHECK_MAX = Duration.ofHours(24);
    private static final int HEADERS_MAX = 100;
    private static final Pattern HEADER =
            Pattern.compile(
                    "([!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}):[ \\t]*([\\t\\x20-\\x7E\\x80-\\xFF]*)");

    private final Carves carves;
    private final Control control;

    EvidenceCommands(Carves carves, Control control) {
        this.carves = carves;
        this.control = control;
    }

    // Replay.

    Outcome replay(Map<String, String> arguments) {
        Carve carve = CarveCommands.carve(carves, arguments);
        int limit = number(arguments, LIMIT, Replay.LIMIT_MAX, Replay.LIMIT_MAX);
        List<Field> given = headers(arguments.getOrDefault(HEADERS, ""));
        Keep keep = carves.keep();
        if (keep == null) {
            return new AdminCommand.Refused(
                    carve.route() + ": there is no store, so nothing is kept");
        }
        Replay next = new Replay(carve, keep, carves.loops(), control.clock(), limit, given);
        if (!carve.begin(next)) {
            return new AdminCommand.Refused(
                    carve.route() + ": its requests are being sent again already");
        }
        Thread.ofVirtual().name("carve-replay").start(next);
        return new AdminCommand.Done(carve.route() + ": sending its kept requests again");
    }

    Object replayed(Map<String, String> arguments) {
        Replay last = CarveCommands.carve(carves, arguments).replay();
        if (last == null) {
            return NONE;
        }
        awaitEnd(arguments, last::await);
        return last.view();
    }

    private static List<Field> headers(String lines) {
        List<Field> fields = new ArrayList<>();
        for (String line : lines.split("\n", HEADERS_MAX + 1)) {
            if (line.isEmpty()) {
                continue;
            }
            var parsed = HEADER.matcher(line);
            if (!parsed.matches() || fields.size() == HEADERS_MAX) {
                // Not the line itself: it may hold a secret.
                throw new BadArgumentException(
                        "header "
                                + (fields.size() + 1)
                                + ": is no field (expected: at most "
                                + HEADERS_MAX
                                + " such as Authorization: Bearer x)");
            }
            fields.add(new Field(parsed.group(1), parsed.group(2).strip()));
        }
        return fields;
    }

    // The old side against itself.

    Outcome compareSelf(Map<String, String> arguments) {
        Carve carve = CarveCommands.carve(carves, arguments);
        // Who says how long wants all of that time.
        int usual = arguments.containsKey(SECONDS) ? SelfCheck.REQUESTS_MAX : REQUESTS_USUAL;
        int requests = number(arguments, REQUESTS, usual, SelfCheck.REQUESTS_MAX);
        int seconds =
                number(
                        arguments,
                        SECONDS,
                        (int) CHECK_USUAL.toSeconds(),
                        (int) CHECK_MAX.toSeconds());
        return CarveCommands.onControl(
                control,
                () -> {
                    Duration within = Duration.ofSeconds(seconds);
                    SelfCheck check =
                            new SelfCheck(
                                    carve,
                                    requests,
                                    control.clock().now().plus(within),
                                    full -> control.execute(() -> carve.end(full)));
                    if (!carve.begin(check)) {
                        return new AdminCommand.Refused(
                                carve.route()
                                        + (carve.state().stage()
                                                        == dev.carve.carving.shift.Stage.DONE
                                                ? ": the old side gets no requests in stage done"
                                                : ": its old side is being checked already"));
                    }
                    control.executeLater(() -> carve.end(check), within.toNanos());
                    return new AdminCommand.Done(
                            carve.route() + ": its old side is checked against itself");
                });
    }

    Object comparedSelf(Map<String, String> arguments) {
        SelfCheck last = CarveCommands.carve(carves, arguments).check();
        if (last == null) {
            return NONE;
        }
        awaitEnd(arguments, last::await);
        return last.view();
    }

    /** Something that ends. */
    private interface Lasting {
        void await(Duration most) throws InterruptedException;
    }

    /** As long as the caller says, or until nobody wants the answer. */
    private static void awaitEnd(Map<String, String> arguments, Lasting what) {
        if (arguments.containsKey(WAIT)) {
            try {
                what.await(Duration.ofSeconds(number(arguments, WAIT, 1, WAIT_MAX)));
            } catch (InterruptedException gone) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int number(Map<String, String> arguments, String name, int usual, int most) {
        String text = arguments.getOrDefault(name, "");
        if (text.isEmpty()) {
            return usual;
        }
        int value;
        try {
            value = Integer.parseInt(text);
        } catch (NumberFormatException none) {
            value = 0;
        }
        if (value < 1 || value > most) {
            throw new BadArgumentException(
                    "%s: \"%s\" (expected: a number from 1 to %d)"
                            .formatted(
                                    name, text.length() > 40 ? text.substring(0, 40) : text, most));
        }
        return value;
    }
}
