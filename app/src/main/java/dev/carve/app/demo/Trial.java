package dev.carve.app.demo;

import dev.carve.load.Arrivals;
import dev.carve.load.LoadBody;
import dev.carve.load.LoadPlan;
import dev.carve.load.LoadProgress;
import dev.carve.load.LoadRequest;
import dev.carve.load.LoadResult;
import dev.carve.load.LoadRun;
import dev.carve.load.RateProfile;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Sends load and shows how it goes. Main thread. */
final class Trial {

    private static final int BAR = 20;

    // Nothing is drawn at random; the seed only has to be some number.
    private static final long SEED = 1;

    private final Screen screen;

    Trial(Screen screen) {
        this.screen = screen;
    }

    /**
     * What to send.
     *
     * @param label shown while it runs
     * @param target the monolith, or Carve in front of it
     * @param times how many numbers each request has added
     * @param backlog how much longer than the sending the answers are expected to take
     */
    record Aim(String label, URI target, int times, Duration backlog) {

        static Aim at(String label, URI target, int times) {
            return new Aim(label, target, times, Duration.ZERO);
        }

        Aim named(String other) {
            return new Aim(other, target, times, backlog);
        }

        Aim to(URI other) {
            return new Aim(label, other, times, backlog);
        }

        Aim with(int number) {
            return new Aim(label, target, number, backlog);
        }

        Aim expecting(Duration other) {
            return new Aim(label, target, times, other);
        }

        private double expected(Duration sending) {
            return sending.plus(backlog).toNanos() / 1e9;
        }
    }

    /**
     * What came of it.
     *
     * @param latency of right answers, in nanoseconds
     * @param answered complete answers
     * @param errors whatever was no right answer
     * @param elapsed from the start to the last answer
     */
    record Outcome(Histogram latency, long answered, long errors, Duration elapsed) {

        double perSecond() {
            return answered / (elapsed.toNanos() / 1e9);
        }

        double medianMillis() {
            return latency.getValueAtPercentile(50) / 1e6;
        }

        double fastestMillis() {
            return latency.getMinValue() / 1e6;
        }

        /** Both as one. */
        Outcome plus(Outcome other) {
            Histogram sum = latency.copy();
            sum.add(other.latency);
            return new Outcome(
                    sum,
                    answered + other.answered,
                    errors + other.errors,
                    elapsed.plus(other.elapsed));
        }
    }

    /** Load that goes on until it is told to stop. */
    static final class Traffic implements AutoCloseable {
        private final LoadRun run;
        private boolean stopped;

        private Traffic(LoadRun run) {
            this.run = run;
        }

        /** Sends nothing more and waits for what is still to come. */
        Outcome stop() {
            stopped = true;
            run.finish();
            return outcome(run.await());
        }

        @Override
        public void close() {
            if (!stopped) {
                run.stop();
                var _ = run.await();
            }
        }
    }

    /** Sends at a fixed pace in the background, each request as another user. */
    Traffic traffic(Aim aim, double perSecond, Duration atMost) {
        try {
            LoadPlan.Pace pace =
                    new LoadPlan.Pace.Open(RateProfile.constant(perSecond, atMost), Arrivals.EVEN);
            return new Traffic(LoadRun.start(LoadPlan.of(request(aim), pace, SEED), _ -> {}));
        } catch (IOException e) {
            throw new DemoFailure("cannot send load: " + e.getMessage());
        }
    }

    private static LoadRequest request(Aim aim) {
        return new LoadRequest(
                "POST",
                aim.target() + "/Count",
                List.of(
                        new LoadRequest.Header("Content-Type", "application/json"),
                        new LoadRequest.Header("user", "{{seq}}")),
                new LoadBody.Text("{\"times\": " + aim.times() + "}"),
                true);
    }

    /** At a fixed pace, whatever becomes of the answers. */
    Outcome arriving(Aim aim, double perSecond, Duration lasting) {
        return run(
                aim,
                new LoadPlan.Pace.Open(RateProfile.constant(perSecond, lasting), Arrivals.EVEN));
    }

    /** One after the other: what a request takes with no other in its way. */
    Outcome alone(Aim aim, Duration lasting) {
        return run(aim, new LoadPlan.Pace.Closed(1, lasting));
    }

    private Outcome run(Aim aim, LoadPlan.Pace pace) {
        AtomicReference<LoadProgress> latest = new AtomicReference<>();
        long start = System.nanoTime();
        screen.progress(
                aim.label(),
                () -> line(aim, pace.lasting(), System.nanoTime() - start, latest.get()));
        try {
            return outcome(
                    LoadRun.start(LoadPlan.of(request(aim), pace, SEED), latest::set).await());
        } catch (IOException e) {
            throw new DemoFailure("cannot send load: " + e.getMessage());
        } finally {
            screen.finished();
        }
    }

    private String line(Aim aim, Duration lasting, long nanos, @Nullable LoadProgress latest) {
        double seconds = nanos / 1e9;
        double sending = lasting.toNanos() / 1e9;
        String state =
                seconds > sending + 1 && latest != null && latest.outstanding() > 1
                        ? latest.outstanding() + " answers to come"
                        : String.format(
                                Locale.ROOT,
                                "%.0f of %.0f s",
                                Math.min(Math.floor(seconds), sending),
                                sending);
        return "%-26s %s %s"
                .formatted(aim.label(), screen.bar(seconds / aim.expected(lasting), BAR), state);
    }

    private static Outcome outcome(LoadResult result) {
        LoadResult.Counts counts = result.counts();
        return new Outcome(
                result.times().latency(),
                counts.answered(),
                result.errorCount(),
                result.title().elapsed());
    }
}
