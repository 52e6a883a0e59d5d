package dev.carve.app.demo;

import dev.carve.app.demo.Stage.Running;
import dev.carve.app.demo.Table.Row;
import dev.carve.app.demo.Trial.Aim;
import dev.carve.app.demo.Trial.Outcome;
import dev.carve.app.terminal.Paint;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the demo does and says, in its order. Main thread. */
final class Story {

    static final int SMALL = 1_000_000;
    private static final int LARGE = 10_000_000;

    private static final Duration GLIMPSE = Duration.ofMillis(600);
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    /** Each way takes two turns: A B B A, so that a drift of the machine meets both alike. */
    private static final Duration TURN = Published.LASTING.dividedBy(2);

    /** Turns of one way that differ by more than this part of the work are no measurement. */
    private static final double BUSY = 5;

    /** How long the queue of the second part may take to be worked off. */
    private static final double OVERLOAD_SECONDS = 18;

    private final Screen screen;
    private final Stage stage;
    private final Trial trial;

    Story(Screen screen, Stage stage) {
        this.screen = screen;
        this.stage = stage;
        trial = new Trial(screen);
    }

    /** Starts, measures, shows; where Carve listens. */
    URI tell() {
        screen.say(
                screen.paint(
                        Paint.BOLD,
                        "Carve demo: what going through Carve costs, and an endpoint that leaves"));
        screen.say("");
        screen.progress("starting the monolith and Carve", () -> "starting the monolith and Carve");
        Running monolith = stage.monolith();
        Running carve = stage.carve(monolith.uri());
        screen.finished();
        int cores = Runtime.getRuntime().availableProcessors();
        place("monolith", monolith.uri().toString(), "a sample with one application thread");
        place("Carve", carve.uri().toString(), "sends every request on to the monolith");
        place(
                "machine",
                cores == 1 ? "1 core" : cores + " cores",
                "for both, and for what sends the requests");
        screen.say("");
        screen.paragraph(
                """
                The load was published in 2018 with a monolith on Node: POST /Count adds N random
                numbers; 20 requests arrive each second for 10 s. An answer's time counts from the
                moment its request was due. Lower is better.\
                """);
        Hop hop = warmUp(monolith, carve);
        keepingUp(monolith, carve, hop);
        Overload before = overloaded(monolith, carve);
        double gentle = Math.max(1, arrivals(hop.work(), Published.SMALL_MILLIS) / 2);
        new Carving(screen, stage, trial, carve, gentle).tell(() -> again(carve, before));
        return carve.uri();
    }

    private void place(String name, String where, String what) {
        screen.say(
                "  %-9s %s  %s"
                        .formatted(
                                name,
                                screen.paint(Paint.CYAN, "%-23s".formatted(where)),
                                screen.paint(Paint.DIM, what)));
    }

    /**
     * The hop with next to no work behind it.
     *
     * @param straight median in ms
     * @param through median in ms
     * @param cpu of Carve, in ms a request, where the operating system tells
     * @param work what one request of the first part takes the monolith, in ms
     */
    private record Hop(double straight, double through, Optional<Double> cpu, double work) {}

    /** Brings both up to speed, and measures one request at a time. */
    private Hop warmUp(Running monolith, Running carve) {
        Aim straight = Aim.at("warming up the monolith", monolith.uri(), SMALL);
        Aim through = Aim.at("warming up Carve", carve.uri(), 1);
        double work = trial.alone(straight, WARM_UP).fastestMillis();
        Outcome _ = trial.alone(through, WARM_UP.multipliedBy(2));
        Outcome direct = trial.alone(straight.named("N = 1, straight").with(1), WARM_UP);
        Optional<Duration> before = carve.process().cpu();
        Outcome hopped = trial.alone(through.named("N = 1, through Carve"), WARM_UP);
        Optional<Duration> after = carve.process().cpu();
        return new Hop(
                direct.medianMillis(),
                hopped.medianMillis(),
                before.flatMap(start ->
                        after.map(end ->
                                end.minus(start).toNanos() / 1e6 / Math.max(1, hopped.answered()))),
                work);
    }

    private void keepingUp(Running monolith, Running carve, Hop hop) {
        double arrivals = arrivals(hop.work(), Published.SMALL_MILLIS);
        heading("1. N = 1,000,000: the monolith keeps up");
        screen.paragraph(
                """
                One request takes %s ms of the monolith's thread (published: %s). %s arrive each
                second%s, so the thread is %.0f %% busy. Each way gets two turns.\
                """
                        .formatted(
                                Table.millis(hop.work()),
                                Table.millis(Published.SMALL_MILLIS),
                                rate(arrivals),
                                because(arrivals),
                                arrivals * hop.work() / 10));
        Aim straight = Aim.at("straight, 1 of 2", monolith.uri(), SMALL);
        Aim through = Aim.at("through Carve, 1 of 2", carve.uri(), SMALL);
        Outcome straightFirst = trial.arriving(straight, arrivals, TURN);
        Outcome throughFirst = trial.arriving(through, arrivals, TURN);
        Outcome throughLast =
                trial.arriving(through.named("through Carve, 2 of 2"), arrivals, TURN);
        Outcome straightLast = trial.arriving(straight.named("straight, 2 of 2"), arrivals, TURN);
        Outcome direct = straightFirst.plus(straightLast);
        Outcome hopped = throughFirst.plus(throughLast);
        show(direct, hopped, Published.SMALL);
        double noise =
                Math.max(
                        Math.abs(straightFirst.medianMillis() - straightLast.medianMillis()),
                        Math.abs(throughFirst.medianMillis() - throughLast.medianMillis()));
        double cost = hopped.medianMillis() - direct.medianMillis();
        emphasis("The hop: " + cost(cost, noise, hop.work()));
        screen.paragraph(
                """
                With next to no work behind it (N = 1, one request after the other) the median is
                %.2f ms straight and %.2f ms through Carve%s. The published hop, between two
                services: %s ms.\
                """
                        .formatted(
                                hop.straight(),
                                hop.through(),
                                hop.cpu()
                                        .map(
                                                ", which uses %.2f ms of processor time for it"
                                                        ::formatted)
                                        .orElse(""),
                                Table.millis(Published.HOP_MILLIS)));
    }

    private static String cost(double millis, double noise, double work) {
        if (noise > work / BUSY) {
            return "not to be told, as this machine is busy with other things (see p95).";
        }
        return millis > noise
                ? String.format(
                        Locale.ROOT,
                        "%.2f ms more at the median (turns differ by %.2f ms).",
                        millis,
                        noise)
                : String.format(
                        Locale.ROOT,
                        "not to be told from noise (turns of one way differ by %.2f ms).",
                        noise);
    }

    private Overload overloaded(Running monolith, Running carve) {
        Aim straight = Aim.at("straight", monolith.uri(), LARGE);
        double work = trial.alone(straight.named("one request of part 2"), GLIMPSE).fastestMillis();
        double arrivals = arrivals(work, Published.LARGE_MILLIS);
        double load = arrivals * work / 1000;
        // Whole seconds, so that the figure can be said.
        long seconds =
                Math.clamp((long) (OVERLOAD_SECONDS / load), 2, Published.LASTING.toSeconds());
        double share =
                seconds * (load - 1) / (Published.LASTING.toSeconds() * (Published.OVERLOAD - 1));
        heading("2. N = 10,000,000: more than the monolith can do");
        screen.paragraph(
                """
                One request takes %s ms (published: %s). %s arrive each second%s: %.1f times what
                one thread can do, so each waits for all before it. They arrive for %d s, not 10,
                to keep this short; so expect about %.0f %% of the published waits.\
                """
                        .formatted(
                                Table.millis(work),
                                Table.millis(Published.LARGE_MILLIS),
                                rate(arrivals),
                                because(arrivals),
                                load,
                                seconds,
                                share * 100));
        Duration lasting = Duration.ofSeconds(seconds);
        Aim patient =
                straight.expecting(Duration.ofMillis(Math.round(lasting.toMillis() * (load - 1))));
        Outcome direct = trial.arriving(patient, arrivals, lasting);
        Outcome hopped =
                trial.arriving(patient.named("through Carve").to(carve.uri()), arrivals, lasting);
        show(direct, hopped, Published.LARGE);
        emphasis("The hop: not to be seen here, it drowns in the queue.");
        screen.paragraph(
                """
                No gateway helps against this; taking the endpoint out of the monolith does. That
                is what Carve is for.\
                """);
        return new Overload(arrivals, lasting, hopped);
    }

    /**
     * The load of the second part, and what came of it through Carve.
     *
     * @param arrivals a second
     */
    private record Overload(double arrivals, Duration lasting, Outcome outcome) {}

    private void again(Running carve, Overload before) {
        heading("4. N = 10,000,000 again, now that the new side answers");
        Aim aim = Aim.at("through Carve, new side", carve.uri(), LARGE);
        Outcome after = trial.arriving(aim, before.arrivals(), before.lasting());
        Table.print(
                screen,
                List.of(
                        Row.of("before, the monolith", before.outcome()),
                        Row.of("after, the new side", after)),
                Published.LARGE.named("published before"),
                Published.CARVED.named("published after"));
        if (after.errors() > 0) {
            throw new DemoFailure(after.errors() + " requests failed at the new side");
        }
        emphasis(
                "The median is %.0f times lower (published: %.0f, on several cores)."
                        .formatted(
                                before.outcome().medianMillis() / after.medianMillis(),
                                Published.LARGE.median() / Published.CARVED.median()));
        int cores = Runtime.getRuntime().availableProcessors();
        screen.paragraph(
                """
                The new side works on all %d cores, which here also carry the monolith, Carve and
                what sends the requests.\
                """
                        .formatted(cores));
    }

    private void heading(String text) {
        screen.say("");
        screen.say(screen.paint(Paint.BOLD, text));
    }

    private void emphasis(String text) {
        screen.say(screen.paint(Paint.GREEN, text));
    }

    private void show(Outcome direct, Outcome hopped, Row published) {
        Table.print(
                screen,
                List.of(Row.of("straight", direct), Row.of("through Carve", hopped)),
                published);
        long errors = direct.errors() + hopped.errors();
        if (errors > 0) {
            throw new DemoFailure(
                    "%d of %d requests failed (%d straight, %d through Carve)"
                            .formatted(
                                    errors,
                                    direct.answered() + hopped.answered(),
                                    direct.errors(),
                                    hopped.errors()));
        }
    }

    /** The last words, for as long as both stay up. */
    void sayWhatIsUp(URI carve) {
        screen.say("");
        screen.say(
                """
                Both stay up until Ctrl-C. Try:
                  curl -i %s/
                  curl -i %s/api/data/7
                  curl %s/metrics
                Carve's file   %s
                its access log %s\
                """
                        .formatted(
                                carve,
                                carve,
                                stage.admin(),
                                stage.configuration(),
                                stage.accessLog()));
    }

    /**
     * How many requests a second make the thread here as busy as the published one; never more than
     * those published, since a faster machine is no reason for another load.
     */
    private static double arrivals(double alone, double publishedAlone) {
        double same = Published.ARRIVALS * publishedAlone / alone;
        return same > 0.95 * Published.ARRIVALS ? Published.ARRIVALS : Math.max(1, same);
    }

    private static String rate(double arrivals) {
        return arrivals == Math.rint(arrivals)
                ? Integer.toString((int) arrivals)
                : String.format(Locale.ROOT, "%.1f", arrivals);
    }

    private static String because(double arrivals) {
        return arrivals == Published.ARRIVALS ? "" : " instead of 20, as this machine is slower";
    }
}
