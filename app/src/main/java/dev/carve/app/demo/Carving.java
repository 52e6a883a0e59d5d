package dev.carve.app.demo;

import dev.carve.app.demo.Board.View;
import dev.carve.app.demo.Board.View.Change;
import dev.carve.app.demo.Stage.Running;
import dev.carve.app.demo.Trial.Aim;
import dev.carve.app.demo.Trial.Outcome;
import dev.carve.app.demo.Trial.Traffic;
import dev.carve.app.terminal.Paint;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The second half of the demo: {@code POST /Count} leaves the monolith for a service of its own,
 * whose first version has the published mistake. Main thread.
 */
final class Carving {

    /** The route's name in the file. */
    static final String ROUTE = "Count";

    /** What Carve is told of the route; times and numbers are small, so that nobody has to wait. */
    static final String BLOCK =
            """
              - match: POST /Count
                name: Count
                to: monolith
                safe: true
                carve:
                  to: count
                  mirror: 100%
                  compare: { tolerance: 0.5% }
                  shift: { steps: [25%, 50%, 100%], every: 2s, requests: 20, sticky: "header:user" }
                  guard: { mismatches: 10%, errors: +10%, p95: off }
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long LOOK_NANOS = 100_000_000;

    /** Enough to show it; the guard needs fewer to be sure of every answer being wrong. */
    private static final long SEEN = 40;

    /** The guard's line on mismatches among what a step waits for. */
    private static final Pattern WORSE = Pattern.compile("\\bmismatches [^:]*: worse, ");

    private final Screen screen;
    private final Stage stage;
    private final Trial trial;
    private final Running carve;
    private final double perSecond;

    /**
     * @param perSecond requests a second that leave both sides time to breathe
     */
    Carving(Screen screen, Stage stage, Trial trial, Running carve, double perSecond) {
        this.screen = screen;
        this.stage = stage;
        this.trial = trial;
        this.carve = carve;
        this.perSecond = perSecond;
    }

    /**
     * Tells it.
     *
     * @param again what is shown when the new side answers everything
     */
    void tell(Runnable again) {
        Running count = stage.count();
        heading("3. Taking /Count out of the monolith");
        screen.paragraph(
                """
                A service of its own does the same work on all cores. Its first version has the
                mistake that was published with it: it draws 0 to 99 where the monolith draws 0 to
                100, so its sums are 1 % low, which nobody saw. Carve copies each request to it and
                compares numbers within 0.5 %. Steps that take 10 minutes elsewhere take seconds
                here, too few to judge latency by.\
                """);
        stage.carveCount(count.uri());
        try (Board board = new Board(stage.admin(), ROUTE)) {
            board.reload();
            mistake(board);
            correct(board, count);
            steps(board);
            again.run();
            gone(board, count);
        }
    }

    private void mistake(Board board) {
        View seen;
        try (Traffic traffic = traffic()) {
            seen =
                    await(
                            board,
                            "answers compared",
                            view ->
                                    view.compared() >= SEEN
                                            && (refusesToShift(view) || !view.isAt("mirror")));
            traffic.stop();
        }
        if (!refusesToShift(seen)) {
            throw new DemoFailure("Carve shifts to a side whose sums are 1 % low: " + seen);
        }
        if (seen.mismatches() < seen.compared() / 2) {
            throw new DemoFailure(
                    "only %d of %d answers differ, though each sum is 1 %% low"
                            .formatted(seen.mismatches(), seen.compared()));
        }
        screen.say("");
        screen.say(
                screen.paint(
                        Paint.RED,
                        "  %d of %d answers differ: Carve does not shift."
                                .formatted(seen.mismatches(), seen.compared())));
        screen.paragraph("It " + seen.waits() + ".");
    }

    /** Whether nobody is at the new side, and its answers being worse is what Carve waits for. */
    static boolean refusesToShift(View view) {
        return view.isAt("mirror")
                && view.share().equals("0%")
                && WORSE.matcher(view.waits()).find();
    }

    private void correct(Board board, Running count) {
        screen.say("");
        screen.paragraph("The service is corrected, and the carve starts again.");
        board.behave(count.uri(), "greatest/100");
        board.route("rollback");
        board.route("start");
    }

    private void steps(Board board) {
        View done;
        try (Traffic traffic = traffic()) {
            await(board, "comparing", view -> allows(view));
            board.route("approve");
            done =
                    await(
                            board,
                            "shifting",
                            view -> view.isAt("rolled_back") || view.share().equals("100%"));
            Outcome outcome = traffic.stop();
            if (outcome.errors() > 0) {
                throw new DemoFailure(outcome.errors() + " requests failed while traffic moved");
            }
        }
        if (done.isAt("rolled_back")) {
            throw new DemoFailure(
                    "the corrected service was rolled back: " + done.changes().getFirst().reason());
        }
        screen.say("");
        Change last = null;
        for (Change each : done.changes().reversed()) {
            if (each.to().startsWith("shift")) {
                screen.say(
                        "  %-12s %s %s"
                                .formatted(
                                        each.to(),
                                        last == null
                                                ? "         "
                                                : "after %.1f s"
                                                        .formatted(seconds(last.at(), each.at())),
                                        screen.paint(Paint.DIM, each.reason())));
                last = each;
            }
        }
        done.figures().forEach(screen::paragraph);
    }

    /** Whether a person would let the first step begin. */
    private static boolean allows(View view) {
        return view.waits().startsWith("waits for approval") && !view.waits().contains(",");
    }

    private void gone(Board board, Running count) {
        heading("5. The new side dies at 25 %");
        board.route("rollback");
        board.route("start");
        Instant killed;
        View back;
        Outcome outcome;
        try (Traffic traffic = traffic()) {
            await(board, "comparing", view -> allows(view));
            board.route("approve");
            await(board, "25 % at the new side", view -> view.share().equals("25%"));
            count.process().kill();
            killed = Instant.now();
            back = await(board, "rolling back", view -> view.isAt("rolled_back"));
            outcome = traffic.stop();
        }
        Change change = back.changes().getFirst();
        screen.say("");
        String text =
                "  Rolled back %.1f s after it died; %d of %d requests failed for clients."
                        .formatted(
                                Math.max(0, seconds(killed, change.at())),
                                outcome.errors(),
                                outcome.answered() + outcome.errors());
        screen.say(screen.paint(outcome.errors() == 0 ? Paint.GREEN : Paint.RED, text));
        screen.paragraph(
                "Reason: "
                        + change.reason()
                        + ". The old side answered "
                        + back.fallbacks()
                        + " requests in its place.");
        if (outcome.errors() > 0) {
            throw new DemoFailure(outcome.errors() + " requests failed for clients");
        }
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1e3;
    }

    private Traffic traffic() {
        return trial.traffic(Aim.at("requests", carve.uri(), Story.SMALL), perSecond, PATIENCE);
    }

    private View await(Board board, String what, Predicate<View> until) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        View[] latest = {board.look()};
        screen.progress(what, () -> line(what, latest[0]));
        try {
            while (!until.test(latest[0])) {
                if (System.nanoTime() - deadline > 0) {
                    throw new DemoFailure(
                            "waited %d s for %s; Carve shows %s"
                                    .formatted(PATIENCE.toSeconds(), what, latest[0]));
                }
                java.util.concurrent.locks.LockSupport.parkNanos(LOOK_NANOS);
                latest[0] = board.look();
            }
        } finally {
            screen.finished();
        }
        return latest[0];
    }

    private static String line(String what, View view) {
        return String.format(
                Locale.ROOT,
                "%-22s %s %s, %d compared, %d differ",
                what,
                view.stage(),
                view.share(),
                view.compared(),
                view.mismatches());
    }

    private void heading(String text) {
        screen.say("");
        screen.say(screen.paint(Paint.BOLD, text));
    }
}
